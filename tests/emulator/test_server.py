"""The server: ports, restarts, limits, and what a client sees of HTTP itself."""

import contextlib
import http.client
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from batchplan.emulator import ticks
from batchplan.emulator.faultspec import Answer as Injected
from batchplan.emulator.faultspec import Cut, FaultSpec, Latency
from batchplan.emulator.server import Emulator
from batchplan.emulator.tokens import Issuer

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
ACCOUNTS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts"


def exchange(url: str, raw: bytes) -> bytes:
    """Return everything the server says to raw bytes until it hangs up."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def ask(
    emulator: Emulator, method: str, path: str, body: bytes | None = None, context: Any = None
) -> tuple[int, bytes]:
    request = urllib.request.Request(
        emulator.arm_endpoint + path + ("&" if "?" in path else "?") + "api-version=2025-06-01",
        method=method,
        data=body,
        headers={"Authorization": f"Bearer {emulator.token()}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, context=context, timeout=10) as reply:
        return reply.status, reply.read()


def test_one_connection_serves_many_requests(arm: Any) -> None:
    """Connections are kept alive."""
    for _ in range(3):
        answer = arm("GET", "/subscriptions")
        assert answer.status == 200
        assert answer.headers.get("connection") is None


def test_date_is_the_virtual_clock(emulator: Emulator, arm: Any) -> None:
    """The Date header agrees with the times in bodies."""
    assert arm("GET", "/subscriptions").headers["date"] == "Sun, 01 Jun 2025 08:00:00 GMT"
    emulator.advance(90)
    assert arm("GET", "/subscriptions").headers["date"] == "Sun, 01 Jun 2025 08:01:30 GMT"


def test_each_account_has_a_port_and_tells_it(emulator: Emulator, arm: Any, account: str) -> None:
    """`accountEndpoint` is the host and port at which the data plane answers."""
    shown = arm("GET", account).json["properties"]["accountEndpoint"]
    assert emulator.endpoint("ACCT") == f"http://{shown}"
    assert exchange(f"http://{shown}", b"GET /pools HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 401"
    )


def test_the_port_of_a_deleted_account_is_closed(emulator: Emulator, arm: Any, account: str, batch: Any) -> None:
    """Nothing answers for an account that is gone, and a connection still open finds nothing."""
    assert batch("GET", "/pools").status == 200
    endpoint = urlsplit(emulator.endpoint("acct"))
    assert arm("DELETE", account).status == 202
    emulator.advance(60)
    gone = batch("GET", "/pools")
    assert (gone.status, gone.json["code"]) == (404, "ResourceNotFound")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(endpoint.hostname), int(endpoint.port or 0)), timeout=5).close()


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_a_restart_goes_on_where_it_was(make_emulator: Callable[..., Emulator], tmp_path: Path, tls: bool) -> None:
    """Accounts, their ports and tags, pending operations, tokens, and the time survive."""
    first = make_emulator(data=tmp_path, tls=tls)
    context = ssl.create_default_context(cafile=str(first.ca_file)) if tls else None
    ask(first, "PUT", f"{ACCOUNTS}/one", b'{"location":"westeurope"}', context)
    first.advance(20)
    ask(first, "PUT", f"{ACCOUNTS}/two", b'{"location":"eastus"}', context)
    before = ask(first, "GET", f"{ACCOUNTS}/one", context=context)
    token, port, moment = first.token(), first.endpoint("one"), first.clock.now()
    first.__exit__()

    second = make_emulator(data=tmp_path, tls=tls)
    assert second.clock.now() == moment
    assert second.arm_endpoint == first.arm_endpoint
    assert second.endpoint("one") == port
    assert ask(second, "GET", f"{ACCOUNTS}/one", context=context) == before
    assert second.dispatcher.identity.issuer.check(token)["aud"] == "https://management.azure.com/"
    assert b'"provisioningState":"Creating"' in ask(second, "GET", f"{ACCOUNTS}/two", context=context)[1]
    second.advance(20)
    assert b'"provisioningState":"Succeeded"' in ask(second, "GET", f"{ACCOUNTS}/two", context=context)[1]


def test_a_running_clock_goes_on_from_where_it_stopped(make_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    """Time that passed without any change is kept too."""
    first = make_emulator(data=tmp_path, speed=100_000)
    seen = first.call(lambda world: world.now)
    first.__exit__()
    assert make_emulator(data=tmp_path).clock.now() >= seen > ticks.parse_iso("2025-06-01T08:00:00Z")


def test_the_data_plane_of_an_account_being_deleted_is_closed(arm: Any, account: str, batch: Any) -> None:
    """It answers AccountIsDisabled until the account is gone."""
    assert batch("GET", "/pools").status == 200
    arm("DELETE", account)
    refused = batch("GET", "/pools")
    assert (refused.status, refused.json["code"]) == (403, "AccountIsDisabled")


def test_a_port_taken_meanwhile_is_replaced(make_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    """An account whose port is in use after a restart gets another, and says so."""
    first = make_emulator(data=tmp_path)
    ask(first, "PUT", f"{ACCOUNTS}/one", b'{"location":"westeurope"}')
    old = first.endpoint("one")
    first.__exit__()
    with socket.create_server((str(urlsplit(old).hostname), int(urlsplit(old).port or 0))):
        second = make_emulator(data=tmp_path)
        assert second.endpoint("one") != old
        shown = ask(second, "GET", f"{ACCOUNTS}/one")[1].decode()
        assert urlsplit(second.endpoint("one")).netloc in shown


def test_a_port_asked_for_must_be_free(make_emulator: Callable[..., Emulator]) -> None:
    """Starting on a port in use fails and says why."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        make_emulator(port=taken.getsockname()[1])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls_is_trusted_by_name_and_by_address(
    make_emulator: Callable[..., Emulator], tmp_path: Path, host: str
) -> None:
    """The certificate fits both planes under either host once its authority is trusted."""
    emulator = make_emulator(data=tmp_path, tls=True, host=host)
    context = ssl.create_default_context(cafile=str(emulator.ca_file))
    ask(emulator, "PUT", f"{ACCOUNTS}/one", b'{"location":"westeurope"}', context)
    for url in (emulator.arm_endpoint, emulator.endpoint("one")):
        parts = urlsplit(url)
        assert parts.scheme == "https"
        assert parts.hostname == host
        with (
            socket.create_connection((host, int(parts.port or 0)), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            assert secured.version() in {"TLSv1.2", "TLSv1.3"}


def test_another_authority_is_not_trusted(make_emulator: Callable[..., Emulator]) -> None:
    """Without our authority a client refuses the certificate."""
    emulator = make_emulator(tls=True)
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        ask(emulator, "GET", "/subscriptions", context=ssl.create_default_context())


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GARBAGE\r\n\r\n", b"400"),
        (b"GET / HTTQ/1.1\r\n\r\n", b"400"),
        (b"GET /subscriptions HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"40"),
        (b"PUT /subscriptions HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"401"),
    ],
    ids=["no http", "protocol", "length", "bytes", "too large", "dots"],
)
def test_malformed_requests_get_an_error(emulator: Emulator, raw: bytes, status: bytes) -> None:
    """Nothing malformed is a fault of the server's."""
    assert exchange(emulator.arm_endpoint, raw).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("plane", ["arm", "batch"])
def test_an_oversized_body_is_refused(
    emulator: Emulator, account: str, plane: str, make_emulator: Callable[..., Emulator]
) -> None:
    """A body beyond the limit is 413 on both planes, whether announced or chunked."""
    url = emulator.arm_endpoint if plane == "arm" else emulator.endpoint("acct")
    head = b"POST /pools HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    announced = exchange(url, head + b"Content-Length: 1000000000\r\n\r\n")
    assert announced.startswith(b"HTTP/1.1 413")
    code = b"RequestContentTooLarge" if plane == "arm" else b"RequestBodyTooLarge"
    assert code in announced


def test_chunked_bodies_are_limited_as_they_come(make_emulator: Callable[..., Emulator]) -> None:
    """The limit holds for a body that does not announce its length."""
    emulator = make_emulator(max_body=100)
    chunk = b"40\r\n" + b"x" * 64 + b"\r\n"
    raw = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk * 3
    assert exchange(emulator.arm_endpoint, raw + b"0\r\n\r\n").startswith(b"HTTP/1.1 413")


def test_data_plane_answers_are_chunked_and_errors_have_a_length(batch: Any) -> None:
    """Framing is as recorded: chunked successes, errors with Content-Length."""
    listed = batch("GET", "/pools")
    assert listed.headers["transfer-encoding"] == "chunked"
    missing = batch("GET", "/pools/none")
    assert missing.status == 404
    assert int(missing.headers["content-length"]) == len(missing.content)


def test_requests_from_many_threads_are_answered(emulator: Emulator, account: str) -> None:
    """Concurrent clients all get their answer."""
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(ask(emulator, "GET", account)[0])) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert seen == [200] * 16


def test_call_runs_between_requests_and_is_kept(make_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    """`call` gives what its function returns, raises what it raises, and stores what it changed."""
    emulator = make_emulator(data=tmp_path)
    assert emulator.call(lambda world: world.clock.advance(5)) == emulator.clock.now()
    with pytest.raises(ZeroDivisionError):
        emulator.call(lambda world: 1 // 0)
    emulator.__exit__()
    assert make_emulator(data=tmp_path).clock.now() == ticks.parse_iso("2025-06-01T08:00:05Z")


def test_the_front_keeps_working_after_a_fault_of_its_own(emulator: Emulator, account: str, caplog: Any) -> None:
    """A programming error becomes 500 InternalError, is logged, and ends nothing."""
    emulator.call(lambda world: world.accounts["acct",].properties.pop("encryption"))
    with pytest.raises(urllib.error.HTTPError) as failed:
        ask(emulator, "GET", account)
    assert failed.value.code == 500
    assert b"InternalError" in failed.value.read()
    assert ask(emulator, "GET", "/subscriptions")[0] == 200
    assert "KeyError" in caplog.text


def test_admin_answers_on_the_same_port(emulator: Emulator) -> None:
    """The admin interface tells the endpoints."""
    with urllib.request.urlopen(f"{emulator.admin_endpoint}/status", timeout=5) as reply:
        assert emulator.arm_endpoint.encode() in reply.read()


PROGRAM = """
import sys
from pathlib import Path
from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator
Emulator(Options(data=Path(sys.argv[1]), port=int(sys.argv[2]))).serve(lambda emulator: print(emulator.arm_endpoint, flush=True))
"""


@contextlib.contextmanager
def program(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run an emulator in a process of its own, which does not outlive the block; give it and its ARM endpoint."""
    command = [sys.executable, "-c", PROGRAM, str(folder), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_nothing_answered_is_lost_when_the_process_is_killed(
    make_emulator: Callable[..., Emulator], tmp_path: Path
) -> None:
    """What a client was told is there after SIGKILL and a restart."""
    with program(tmp_path) as (_, endpoint):
        token = Issuer(tmp_path / "signing.key").sign({"aud": "https://management.azure.com/"})
        request = urllib.request.Request(
            f"{endpoint}{ACCOUNTS}/one?api-version=2025-06-01",
            method="PUT",
            data=b'{"location":"westeurope"}',
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            assert reply.status == 202
    emulator = make_emulator(data=tmp_path)
    assert ask(emulator, "GET", f"{ACCOUNTS}/one")[0] == 200


def test_a_signal_ends_the_program_in_order(tmp_path: Path) -> None:
    """SIGTERM lets the program end with status 0."""
    with program(tmp_path) as (process, endpoint):
        assert endpoint.startswith("http://127.0.0.1:")
        process.terminate()
        assert process.wait(timeout=10) == 0


@pytest.mark.parametrize(("when", "made"), [("before", False), ("after", True)])
def test_a_cut_connection_has_no_answer(emulator: Emulator, when: str, made: bool) -> None:
    """A cut before the effect leaves nothing; a cut after it leaves the effect without an answer."""
    effect = Cut(kind="cut", when=when)  # type: ignore[arg-type]
    emulator.call(lambda _: emulator.faults.add(FaultSpec(method="PUT", count=1, effect=effect)))
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        ask(emulator, "PUT", f"{ACCOUNTS}/one", b'{"location":"westeurope"}')
    assert emulator.call(lambda world: ("one",) in world.accounts) is made


def test_a_late_answer_delays_nobody_else(emulator: Emulator, account: str) -> None:
    """Latency holds one answer back while others are given."""
    slow = FaultSpec(path="**/applications/**", effect=Latency(kind="latency", seconds=1.0))
    emulator.call(lambda _: emulator.faults.add(slow))
    ended: list[str] = []

    def read(path: str) -> None:
        with contextlib.suppress(urllib.error.HTTPError):
            ask(emulator, "GET", path)
        ended.append(path)

    late = threading.Thread(target=read, args=(f"{account}/applications/none",))
    late.start()
    read("/subscriptions")
    late.join()
    assert ended == ["/subscriptions", f"{account}/applications/none"]


def test_an_injected_answer_wears_its_planes_form(emulator: Emulator, arm: Any, batch: Any) -> None:
    """A 503 with Connection: close is an ARM error on ARM and a Batch error on the data plane."""
    effect = Injected(kind="answer", status=503, retry_after=7, close=True)
    emulator.call(lambda _: emulator.faults.add(FaultSpec(effect=effect)))
    for answer, code in ((arm("GET", "/subscriptions"), ("error", "code")), (batch("GET", "/pools"), ("code",))):
        found = answer.json
        for name in code:
            found = found[name]
        assert (answer.status, found) == (503, "ServerBusy")
        assert answer.headers["retry-after"] == "7"
        assert answer.headers["connection"] == "close"


def test_faults_survive_a_restart(make_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    """A fault is as lasting as the world it strikes."""
    first = make_emulator(data=tmp_path)
    first.call(lambda _: first.faults.add(FaultSpec(id="mine", effect=Injected(kind="answer", status=500))))
    first.__exit__()
    assert [each.id for each in make_emulator(data=tmp_path).faults.living()] == ["mine"]


def test_a_snapshot_moves_a_world_to_another_emulator(make_emulator: Callable[..., Emulator]) -> None:
    """An imported world answers at ports of its own, which its accounts tell."""
    first, second = make_emulator(), make_emulator()
    ask(first, "PUT", f"{ACCOUNTS}/one", b'{"location":"westeurope"}')
    with urllib.request.urlopen(f"{first.admin_endpoint}/snapshot", timeout=5) as reply:
        snapshot = reply.read()
    ask(second, "PUT", f"{ACCOUNTS}/gone", b'{"location":"westeurope"}')
    request = urllib.request.Request(
        f"{second.admin_endpoint}/snapshot", snapshot, {"Content-Type": "application/json"}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=5) as reply:
        assert reply.status == 200
    shown = ask(second, "GET", f"{ACCOUNTS}/one")[1].decode()
    assert urlsplit(second.endpoint("one")).netloc in shown
    assert second.endpoint("one") != first.endpoint("one")
    with pytest.raises(KeyError):
        second.endpoint("gone")
