"""A step as one sentence for people."""

from typing import assert_never

from batchplan.plan.step import (
    Activate,
    Adopt,
    Available,
    CopyJob,
    CopyTasks,
    Create,
    Delete,
    DisableAutoScale,
    DisableJob,
    DisableSchedule,
    DropTasks,
    EnableAutoScale,
    EnableJob,
    EnableSchedule,
    EndWithTasks,
    Forget,
    Gone,
    JobIs,
    Mark,
    MoveWork,
    Patch,
    PolicyGate,
    Promote,
    Quiet,
    Ready,
    Rebooted,
    RebootNodes,
    Rename,
    RepointSchedule,
    Resize,
    Retime,
    SetActive,
    SetWarm,
    Steady,
    Step,
    StillSilent,
    StopResize,
    TaskSucceeded,
    TerminateJob,
    Unfired,
    Upload,
    UploadLogs,
)

OPTIONS = {
    "requeue": "running tasks are requeued",
    "terminate": "running tasks are ended",
    "wait": "running tasks finish",
    "taskcompletion": "running tasks finish first",
    "retaineddata": "running tasks finish, and their files are kept their time",
}


def sentence(step: Step) -> str:
    """Return what a step does, in a few words; waits say how long they may take."""
    name = str(step.remote)
    match step:
        case Create():
            return f"create {name}"
        case Patch():
            return f"change {', '.join(_members(step.body))} of {name}"
        case Delete():
            return f"delete {name}"
        case Resize():
            low = f" and {step.low_priority} spot" if step.low_priority else ""
            option = f" ({OPTIONS[step.option]})" if step.option in OPTIONS else ""
            return f"resize {name} to {step.dedicated}{low} nodes{option}"
        case StopResize():
            return f"stop the resize of {name}"
        case EnableAutoScale():
            return f"switch autoscale of {name} on"
        case DisableAutoScale():
            return f"switch autoscale of {name} off"
        case Upload():
            return f"upload {step.file} as {name}"
        case Activate():
            return f"activate {name}"
        case DisableJob():
            return f"disable {name} ({OPTIONS.get(step.option, step.option)})"
        case EnableSchedule() if step.elsewhere:
            others = ", ".join(one.account_id.rpartition("/")[2] for one in step.elsewhere)
            return f"enable {name}, if it is disabled in {others}"
        case EnableJob() | EnableSchedule():
            return f"enable {name}"
        case TerminateJob():
            return f"end {name}" + (f", if {step.copy} is not disabled" if step.copy is not None else "")
        case DisableSchedule():
            return f"disable {name}"
        case Steady():
            return f"wait until {name} is steady{_limit(step.timeout)}"
        case Ready():
            wanted = "all" if step.minimum is None else str(step.minimum)
            borne = [
                f"{count} {word}"
                for count, word in (
                    (step.max_unusable, "unusable"),
                    (step.max_start_task_failures, "with a failed start task"),
                )
                if count
            ]
            bears = f", at most {' and '.join(borne)}" if borne else ""
            stays = f", for {round(step.settle)}s" if step.settle else ""
            return f"wait until {wanted} nodes of {name} are ready{bears}{stays}{_limit(step.timeout)}"
        case MoveWork():
            if not step.moves:
                return f"wait until the jobs on {name} have no tasks left{_limit(step.timeout)}"
            option = "go back to their queues" if step.option == "requeue" else "finish"
            return (
                f"drain {name}: running tasks {option}, jobs that come meanwhile go to {step.target.name}"
                f"{_limit(step.timeout)}{_AT_TIMEOUT[step.at_timeout]}"
            )
        case RepointSchedule():
            return f"let {name} make its jobs on {step.target.name}"
        case UploadLogs():
            return f"upload the node agent logs of {name}, one call a node"
        case RebootNodes():
            return f"reboot {len(step.nodes)} nodes of {name} ({OPTIONS['taskcompletion']}): {', '.join(step.nodes)}"
        case Rebooted():
            return f"wait until these {len(step.nodes)} nodes of {name} are ready again{_limit(step.timeout)}"
        case TaskSucceeded():
            return f"wait until the task {step.task} of {name} exits 0{_limit(step.timeout)}"
        case JobIs():
            then = ", then its running tasks go back to its queue" if step.requeues else ""
            return f"wait until {name} is {step.state}{_limit(step.timeout)}{then}"
        case Gone():
            return f"wait until {name} is gone{_limit(step.timeout)}"
        case Available():
            return f"wait until {name} answers{_limit(step.timeout)}"
        case Retime():
            where = (
                f"the next run of {step.follows.account_id.rpartition('/')[2]}/{step.follows}"
                if step.follows
                else step.moment
            )
            return f"set the first run of {name} to {where}" if where else f"set the times of {name}"
        case CopyJob():
            return f"create {name} for the unfinished tasks of {step.origin_id}"
        case CopyTasks():
            tasks = f"{step.expected} unfinished task{'' if step.expected == 1 else 's'}"
            return f"add the {tasks} of {step.source} to {name}: what has run in part runs again"
        case DropTasks():
            return f"delete the tasks of {name} that are in {step.copy} now"
        case EndWithTasks():
            return f"let {name} end with its last task"
        case PolicyGate():
            return f"ask policy again, now that {name} is there: {_asked(step)}"
        case Unfired():
            return f"see that {name} has made no job"
        case Quiet():
            return f"wait until no run of {name} is due within {round(step.margin)}s{_limit(step.timeout)}"
        case StillSilent():
            return f"see that {name} still does not answer"
        case SetActive():
            owed = (
                f"; owed there: clean up {', '.join(one.rpartition('/')[2] for one in step.owed)}" if step.owed else ""
            )
            return f"record that the work is done in {step.remote.account_id.rpartition('/')[2]} from now on{owed}"
        case SetWarm() if step.until is not None:
            return f"record that {name} has {warm_words(step.dedicated, step.low_priority)} until {step.until[:16]}"
        case SetWarm():
            return f"record that {name} has its declared size again"
        case Adopt():
            return f"take {name} into the state"
        case Promote():
            return f"{name} is the active pool from now on, {step.previous} is retired"
        case Mark():
            return _marked(step)
        case Rename():
            return f"call it {step.address} from now on, which was {step.origin}"
        case Forget():
            return f"forget {name}; in Azure it stays"
        case _:
            assert_never(step)


def warm_words(dedicated: int, spot: int) -> str:
    """Return how many nodes a pool has for a while."""
    words = f"{dedicated} node{'' if dedicated == 1 else 's'}"
    return f"{words} and {spot} spot" if spot else words


_AT_TIMEOUT = {
    "pause": "",
    "requeue": ", then what still runs goes back to its queue",
    "abort": ", then it is taken back",
}


def _marked(step: Mark) -> str:
    match step.phase:
        case _ if step.paused:
            return f"the rollout of {step.remote.name} pauses"
        case "candidate":
            return f"{step.remote.name} is the candidate to replace {step.previous}"
        case "waiting":
            return f"stop here: {step.remote.name} waits for `batchplan rollout promote {step.address}`"
        case "promoted":
            return f"the rollout of {step.remote.name} goes on"
        case "retired":
            return f"keep {step.previous} empty{_for(step.keep or 0)}"
        case "done":
            return f"the rollout of {step.remote.name} is done"
        case "aborted":
            return f"the rollout of {step.remote.name} is given up"
        case _:
            return f"the rollout of {step.remote.name} is taken back"


def _for(seconds: float) -> str:
    if not seconds:
        return ""
    hours = seconds / 3600
    return (
        f" for {hours:g}h, then the next apply deletes it, and there is no way back"
        if hours >= 1
        else f" for {round(seconds / 60)}m"
    )


RULES_SHOWN = 5
"""Rules of a gate that a sentence names; the rest is counted."""


def _asked(step: PolicyGate) -> str:
    named = [_about(rule, addresses) for rule, addresses in list(step.asks.items())[:RULES_SHOWN]]
    more = len(step.asks) - len(named)
    return ", ".join(named) + (f" and {more} more {'rule' if more == 1 else 'rules'}" if more else "")


def _about(rule: str, addresses: tuple[str, ...]) -> str:
    if len(addresses) > 1:
        return f"{rule} about {len(addresses)} objects"
    return f"{rule} about {addresses[0] or 'the plan'}"


def _members(body: object) -> list[str]:
    """The members a body changes; ARM's are one level down."""
    if not isinstance(body, dict):
        return []
    inner = body.get("properties")
    return [*(name for name in body if name != "properties"), *(inner if isinstance(inner, dict) else ())]


def _limit(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes >= 120:
        hours, rest = divmod(minutes, 60)
        return f", up to {hours}h{rest:02d}m" if rest else f", up to {hours}h"
    return f", up to {minutes}m" if minutes else f", up to {round(seconds)}s"
