"""The table of rules on the files and the shape of a spec (EPR1xx) and on its references (EPR2xx)."""

from __future__ import annotations

from reconciler.model.finding import Severity
from reconciler.model.rule import Rule

_YAML = "https://yaml.org/spec/1.2.2/"

UNREADABLE_FILE = Rule(
    "EPR101", "A file of the spec can be read", "A file that cannot be read may define anything: nothing is planned."
)
NO_PLAIN_FILE = Rule(
    "EPR102",
    "A file of the spec is a plain file",
    "A link may lead out of the repository and a pipe may never end, so neither is opened.",
)
TOO_LARGE = Rule(
    "EPR103", "A spec keeps a readable size", "A file over 1 MiB, or a spec over 64 MiB, is an accident or an attack."
)
TOO_MANY_FILES = Rule(
    "EPR104", "A spec has at most 20,000 files", "A directory with more of them is not the one that was meant."
)
ENCODING = Rule(
    "EPR105",
    "A file is UTF-8",
    "Other encodings turn one text into another on another machine.",
    page=f"{_YAML}#chapter-5",
)
CONTROL_CHARACTER = Rule(
    "EPR106",
    "A file holds only characters that can be seen",
    "What a reviewer cannot see must not decide what is applied, written as it is or as an escape.",
    page=f"{_YAML}#51-character-set",
)
SYNTAX = Rule("EPR107", "A file is YAML", "What cannot be read cannot be planned.", page=_YAML)
ANCHOR = Rule(
    "EPR108",
    "A file has no anchors",
    "An anchor lets a few lines stand for millions; reusable mappings and defaults serve the purpose.",
    page=f"{_YAML}#3222-anchors-and-aliases",
)
ALIAS = Rule(
    "EPR109",
    "A file has no aliases",
    "An alias lets a few lines stand for millions; reusable mappings and defaults serve the purpose.",
    page=f"{_YAML}#3222-anchors-and-aliases",
)
TAG = Rule(
    "EPR110",
    "A file has no tags",
    "A tag can ask a reader for any type; the schema says the types.",
    page=f"{_YAML}#24-tags",
)
MERGE_KEY = Rule(
    "EPR111",
    "A file has no merge keys",
    "`<<` is not part of YAML 1.2, and readers disagree on what it does; `defaults` serves the purpose.",
    page=f"{_YAML}#10-recommended-schemas",
)
DUPLICATE_KEY = Rule(
    "EPR112",
    "A key stands once in a table",
    "Readers disagree on which of two equal keys counts.",
    page=f"{_YAML}#3211-nodes",
)
TOO_DEEP = Rule(
    "EPR113", "A file nests at most 64 levels", "Deeper nesting is an attack on the reader; the format needs twelve."
)
ABSURD_NUMBER = Rule(
    "EPR114",
    "A number is one that every reader understands",
    "Infinities and numbers of more than 18 digits change from reader to reader.",
    page=f"{_YAML}#10214-floating-point",
)
SECOND_DOCUMENT = Rule(
    "EPR115", "A file holds one document", "A second document would silently be left out.", page=f"{_YAML}#chapter-9"
)
BAD_KEY = Rule("EPR116", "A key is plain text", "The format has no other keys.", page=f"{_YAML}#3211-nodes")
LEADING_ZERO = Rule(
    "EPR117",
    "A number has no leading zero",
    "Readers of YAML 1.1 take it as octal, those of 1.2 as decimal.",
    Severity.WARNING,
    page=f"{_YAML}#10213-integer",
)
DIRECTIVE = Rule(
    "EPR118", "A file has no directives", "A directive changes how the rest is read.", page=f"{_YAML}#68-directives"
)
YML_FILE = Rule("EPR119", "A file of the spec ends in .yaml", "A .yml file would silently be left out of the spec.")
UNKNOWN_KEY = Rule(
    "EPR120",
    "A key is one that the format knows",
    "A misspelt key would silently have no effect.",
)
WRONG_TYPE = Rule(
    "EPR121",
    "A value has the type that its key asks for",
    "Guessing a type is guessing a value.",
)
UNKNOWN_WORD = Rule(
    "EPR122",
    "A word is one of those allowed",
    "A misspelt word would have no meaning.",
)
WRONG_FORM = Rule(
    "EPR123",
    "A text has the form that its key asks for",
    "The service or the program would refuse it later.",
)
OUT_OF_RANGE = Rule(
    "EPR124",
    "A number is within its bounds",
    "The service or the program would refuse it later.",
)
MISSING_KEY = Rule("EPR125", "A required key is there", "Without it the thing cannot be found or made.")
EXCLUSIVE_KEYS = Rule(
    "EPR126",
    "Keys that exclude each other stand apart",
    "Two answers to one question.",
)
WRONG_COUNT = Rule(
    "EPR127", "A list has the items that its key asks for", "Too few, too many or repeated items say nothing."
)
BAD_NAME = Rule("EPR128", "A name has the form of a key", "Keys are parts of addresses and of file names.")
EMPTY_SPEC = Rule(
    "EPR129",
    "A spec declares something",
    "An empty spec would ask to remove everything that was ever applied; that is never what was meant.",
)
TWO_FILES = Rule("EPR130", "A key stands in one file", "Nobody could tell which of two definitions counts.")
ROOT_ONLY = Rule(
    "EPR131",
    "`ignore` stands in reconciler.yaml",
    "It decides which files are read, so it cannot stand in one of those.",
)
NESTED_SPEC = Rule(
    "EPR132",
    "A spec holds no other spec",
    "Two tenants in one spec would be planned as one. Ignore the inner directory.",
)
TOO_MANY_FAULTS = Rule(
    "EPR133", "Faults of a file are listed up to a limit", "The first ones are worth more than ten thousand of them."
)
FILE_RULES = (
    UNREADABLE_FILE, NO_PLAIN_FILE, TOO_LARGE, TOO_MANY_FILES, ENCODING, CONTROL_CHARACTER, SYNTAX, ANCHOR, ALIAS, TAG,
    MERGE_KEY, DUPLICATE_KEY, TOO_DEEP, ABSURD_NUMBER, SECOND_DOCUMENT, BAD_KEY, LEADING_ZERO, DIRECTIVE, YML_FILE,
    UNKNOWN_KEY, WRONG_TYPE, UNKNOWN_WORD, WRONG_FORM, OUT_OF_RANGE, MISSING_KEY, EXCLUSIVE_KEYS, WRONG_COUNT, BAD_NAME,
    EMPTY_SPEC, TWO_FILES, ROOT_ONLY, NESTED_SPEC, TOO_MANY_FAULTS,
)  # fmt: skip
"""Every rule on files and shape, by number."""

UNKNOWN_GROUP = Rule(
    "EPR201",
    "A group that an app names exists",
    "Without it nobody would serve the app.",
)
UNKNOWN_AGENT = Rule(
    "EPR202", "An agent that a group names exists", "A group cannot get a member that nobody describes."
)
UNKNOWN_HOST = Rule("EPR203", "A connector host that an app names exists", "Its address is part of the tenant URL.")
UNKNOWN_PROXY = Rule(
    "EPR204", "A proxy that an agent names exists", "An agent cannot use a proxy that nobody describes."
)
UNKNOWN_MAPPING = Rule(
    "EPR205",
    "A mapping that an app uses exists",
    "The app would keep mappings that nobody meant.",
)
UNKNOWN_PROTECTED = Rule(
    "EPR206",
    "What is protected exists",
    "A misspelt address protects nothing. It is no error, since a protected thing that is gone from the spec stays "
    "protected while it is there: its removal is asked for, and nobody has to end the protection first.",
    Severity.WARNING,
)
SAME_SOURCE = Rule(
    "EPR207",
    "An app maps a source object once",
    "Two mappings of one source object would take turns to win.",
)
SAME_ATTRIBUTE = Rule(
    "EPR208", "A mapping names a target attribute once", "Two sources for one attribute take turns to win."
)
NO_SOURCE = Rule(
    "EPR209",
    "An attribute mapping says where its value comes from",
    "Without a source nothing flows. What an app overrides keeps the source of the mapping it uses.",
)
UNKNOWN_ZONE = Rule("EPR210", "A time zone exists", "A window in a zone that nobody knows is no window.")
REPEATED_ACKNOWLEDGEMENT = Rule(
    "EPR211",
    "A change is acknowledged once",
    "The second line has no effect, and may hide that another change was meant.",
    Severity.WARNING,
)
NO_TOKEN_SOURCE = Rule(
    "EPR212",
    "A secret token has a source",
    "Without `env` or `file` nobody can find the token when a plan is applied.",
)
NO_SUCH_STORE = Rule(
    "EPR213",
    "The state is kept where this version can keep it",
    "A ledger that nobody writes would let the next run believe that nothing was ever applied.",
)
UNREADABLE = Rule(
    "EPR501",
    "An expression says something, and can be read",
    "The service refuses the whole schema for one missing quote, bracket or parenthesis, and an empty one gives no "
    "value. What it cannot read it cannot evaluate.",
    page="https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data",
)
REFERENCE_RULES = (
    UNKNOWN_GROUP, UNKNOWN_AGENT, UNKNOWN_HOST, UNKNOWN_PROXY, UNKNOWN_MAPPING, UNKNOWN_PROTECTED, SAME_SOURCE,
    SAME_ATTRIBUTE, NO_SOURCE, UNKNOWN_ZONE, REPEATED_ACKNOWLEDGEMENT, NO_TOKEN_SOURCE, NO_SUCH_STORE,
    UNREADABLE,
)  # fmt: skip
"""Every rule on what a spec refers to, by number."""
