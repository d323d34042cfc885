"""Scripts of Argo CD, run as it runs them: Lua 5.1 with the libraries that it gives them, and no other.

Argo CD's own interpreter leaves `string`, `math` and `io` out, and of `os` has `time` and `date` alone.
"""

import json
import subprocess
from typing import Any

from servers.database_server import program

_HARNESS = """
local format, gsub, byte, concat, print_out = string.format, string.gsub, string.byte, table.concat, io.write
local function encode(value)
  local kind = type(value)
  if kind == "string" then
    return '"' .. gsub(value, '[%%c"\\\\]', function(c) return format("\\\\u%%04x", byte(c)) end) .. '"'
  elseif kind ~= "table" then
    return tostring(value)
  end
  local parts = {}
  if #value > 0 or next(value) == nil then
    for _, one in ipairs(value) do parts[#parts + 1] = encode(one) end
    return "[" .. concat(parts, ",") .. "]"
  end
  for key, one in pairs(value) do parts[#parts + 1] = encode(key) .. ":" .. encode(one) end
  return "{" .. concat(parts, ",") .. "}"
end
local given = {
  obj = %(obj)s, table = table, os = { time = os.time, date = os.date },
  assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, pcall = pcall, select = select,
  tonumber = tonumber, tostring = tostring, type = type, unpack = unpack,
}
local script = assert(loadstring(%(script)s, "script"))
print_out(encode(setfenv(script, given)()))
"""


def run(script: str, obj: dict[str, Any]) -> Any:
    """Run a script over a live object; an empty table comes back as a list, as in Argo CD."""
    text = _HARNESS % {"obj": _literal(obj), "script": _literal(script)}
    words = [program("lua5.1"), "-"]
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _literal(value: Any) -> str:
    """Write a value as Lua does."""
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(f"\\{byte:03d}" for byte in value.encode()) + '"'
    if isinstance(value, list):
        return "{" + ",".join(_literal(one) for one in value) + "}"
    return "{" + ",".join(f"[{_literal(key)}]={_literal(one)}" for key, one in value.items()) + "}"
