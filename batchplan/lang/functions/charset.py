"""Character encodings by their IANA names: those Terraform knows, with its tables.

Python's codecs agree but for what `_CHANGED` says, and but for the C1 controls, which most parts of
ISO 8859 do not have there.
"""

import codecs
from dataclasses import dataclass
from functools import lru_cache

_NAMES = {
    "ascii": "ansi_x3.4-1968 ansi_x3.4-1986 cp367 csascii ibm367 iso-ir-6 iso646-us iso_646.irv:1991 us us-ascii",
    "big5hkscs": "big5 csbig5",
    "cp037": "cp037 csibm037 ebcdic-cp-ca ebcdic-cp-nl ebcdic-cp-us ebcdic-cp-wt ibm037",
    "cp437": "437 cp437 cspc8codepage437 ibm437",
    "cp850": "850 cp850 cspc850multilingual ibm850",
    "cp852": "852 cp852 cspcp852 ibm852",
    "cp855": "855 cp855 csibm855 ibm855",
    "cp858": "ccsid00858 cp00858 csibm00858 ibm00858 pc-multilingual-850+euro",
    "cp860": "860 cp860 csibm860 ibm860",
    "cp862": "862 cp862 cspc862latinhebrew ibm862",
    "cp863": "863 cp863 csibm863 ibm863",
    "cp865": "865 cp865 csibm865 ibm865",
    "cp866": "866 cp866 csibm866 ibm866",
    "cp874": "cswindows874 windows-874",
    "cp932": "csshiftjis ms_kanji shift_jis",
    "cp949": "cseuckr euc-kr",
    "cp1047": "csibm1047 ibm-1047 ibm1047",
    "cp1140": "ccsid01140 cp01140 csibm01140 ebcdic-us-37+euro ibm01140",
    "cp1250": "cswindows1250 windows-1250",
    "cp1251": "cswindows1251 windows-1251",
    "cp1252": "cswindows1252 windows-1252",
    "cp1253": "cswindows1253 windows-1253",
    "cp1254": "cswindows1254 windows-1254",
    "cp1255": "cswindows1255 windows-1255",
    "cp1256": "cswindows1256 windows-1256",
    "cp1257": "cswindows1257 windows-1257",
    "cp1258": "cswindows1258 windows-1258",
    "euc_jp": "cseucpkdfmtjapanese euc-jp extended_unix_code_packed_format_for_japanese",
    "gb18030": "csgb18030 gb18030",
    "gbk": "cp936 csgbk gbk ms936 windows-936",
    "hz": "hz-gb-2312",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "iso8859_1": "cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso_8859-1 iso_8859-1:1987 l1 latin1",
    "iso8859_2": "csisolatin2 iso-8859-2 iso-ir-101 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859_3": "csisolatin3 iso-8859-3 iso-ir-109 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859_4": "csisolatin4 iso-8859-4 iso-ir-110 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859_5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso_8859-5 iso_8859-5:1988",
    "iso8859_6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso_8859-6 iso_8859-6-e iso_8859-6-i iso_8859-6:1987",
    "iso8859_7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso_8859-7 iso_8859-7:1987",
    "iso8859_8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso-ir-138 iso_8859-8 iso_8859-8-i iso_8859-8:1988",
    "iso8859_9": "csisolatin5 iso-8859-9 iso-ir-148 iso_8859-9 iso_8859-9:1989 l5 latin5",
    "iso8859_10": "csisolatin6 iso-8859-10 iso-ir-157 iso_8859-10:1992 l6 latin6",
    "iso8859_13": "csiso885913 iso-8859-13",
    "iso8859_14": "csiso885914 iso-8859-14 iso-celtic iso-ir-199 iso_8859-14 iso_8859-14:1998 l8 latin8",
    "iso8859_15": "csiso885915 iso-8859-15 iso_8859-15 latin-9",
    "iso8859_16": "csiso885916 iso-8859-16 iso-ir-226 iso_8859-16 iso_8859-16:2001 l10 latin10",
    "koi8_r": "cskoi8r koi8-r",
    "koi8_u": "cskoi8u koi8-u",
    "mac_roman": "csmacintosh mac macintosh",
    "utf_8": "csutf8 utf-8",
    "utf_16": "csutf16 utf-16",
    "utf_16_be": "csutf16be utf-16be",
    "utf_16_le": "csutf16le utf-16le",
}
"""Names in lower case, by Python's codec."""

_WITH_CONTROLS = ("iso8859_1", "iso8859_9")
_CONTROLS = frozenset(map(chr, range(0x80, 0xA0)))
_CHANGED: dict[str, tuple[str, dict[int, str]]] = {
    "koi8_u": ("koi8_u", {0xAE: "ў", 0xBE: "Ў"}),
    "cp1255": ("cp1255", {0xCA: "\u05ba"}),
    "cp1047": ("cp037", {0x5F: "^", 0xAD: "[", 0xB0: "\u00ac", 0xBA: "\u00dd", 0xBB: "\u00a8", 0xBD: "]"}),
}
"""A codec to start from, and the bytes that mean something else."""
_PRIVATE = frozenset(map(chr, range(0xE000, 0xF900)))
"""What Python makes of bytes that Shift_JIS does not have."""
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)


@dataclass(frozen=True, slots=True)
class Charset:
    """A character encoding. `table` has the character of each byte where Python has no codec for it."""

    codec: str
    without: frozenset[str]
    table: tuple[str | None, ...] | None = None

    def decode(self, data: bytes) -> str | None:
        """Return the text, None when some bytes have no meaning."""
        if self.table is not None:
            found = [self.table[byte] for byte in data]
            return None if None in found else "".join(c for c in found if c is not None)
        if self.codec == "utf_16" and data[:2] not in _BYTE_ORDER_MARKS:
            data = codecs.BOM_UTF16_BE + data
        try:
            text = _decode_gbk(data) if self.codec == "gbk" else data.decode(self.codec)
        except UnicodeDecodeError:
            return None
        return None if "\ufffd" in text or not self.without.isdisjoint(text) else text

    def encode(self, text: str) -> bytes | None:
        """Return the bytes, None when the encoding lacks a character."""
        if self.table is not None:
            known = {character: byte for byte, character in enumerate(self.table) if character is not None}
            found = [known.get(character) for character in text]
            return None if None in found else bytes(byte for byte in found if byte is not None)
        if not self.without.isdisjoint(text):
            return None
        if self.codec == "utf_16":
            return codecs.BOM_UTF16_BE + text.encode("utf_16_be")
        try:
            data = _encode_gbk(text) if self.codec == "gbk" else text.encode(self.codec)
        except UnicodeEncodeError:
            return None
        return data.removesuffix(b"~}") if self.codec == "hz" else data  # Terraform does not shift back at the end


def _encode_gbk(text: str) -> bytes:
    return b"\x80".join(part.encode("gbk") for part in text.split("€"))


def _decode_gbk(data: bytes) -> str:
    """Decode GBK with the euro sign at 0x80, which Python lacks."""
    parts: list[str] = []
    while True:
        try:
            return "".join([*parts, data.decode("gbk")])
        except UnicodeDecodeError as error:
            if data[error.start] != 0x80:
                raise
            parts += (data[: error.start].decode("gbk"), "€")
            data = data[error.start + 1 :]


def _table(codec: str, changed: dict[int, str]) -> tuple[str | None, ...]:
    characters: list[str | None] = []
    for byte in range(256):
        try:
            characters.append(bytes([byte]).decode(codec))
        except UnicodeDecodeError:
            characters.append(None)
    for byte, character in changed.items():
        characters[byte] = character
    return tuple(characters)


@lru_cache
def _codecs() -> dict[str, str]:
    return {name: codec for codec, names in _NAMES.items() for name in names.split()}


@lru_cache
def find(name: str) -> Charset | None:
    """Return an encoding by an IANA name or alias, in any case."""
    codec = _codecs().get(name.lower())
    if codec is None:
        return None
    if codec in _CHANGED:
        return Charset(codec, frozenset(), _table(*_CHANGED[codec]))
    if codec == "cp932":
        return Charset(codec, _PRIVATE)
    lacks_controls = codec.startswith("iso8859_") and codec not in _WITH_CONTROLS
    return Charset(codec, _CONTROLS if lacks_controls else frozenset())
