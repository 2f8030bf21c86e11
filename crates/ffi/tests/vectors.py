"""Prints vectors.json as lines that a test in any language reads with a split: one vector each, seven columns, tabs
between them:

    kind name code id text id text

`kind` is `draft` or `user` (which has no text: `null`). Ids and texts come twice: as bytes in UTF-8, then in UTF-16, big
end first, for languages whose strings are made of it. They are `null`, or `x` and hexadecimal digits, with `*` and a number
behind them if they are repeated; `-` where UTF-16 has no such text. Surrogates that stand alone are bytes in UTF-8 too, of which a language must say that they are
none.
"""

import json
import pathlib


def columns(value):
    if value is None:
        return "null", "null"
    if isinstance(value, str):
        return tuple(f"x{value.encode(code, 'surrogatepass').hex()}" for code in ("utf-8", "utf-16-be"))
    if "bytes" in value:
        return f"x{value['bytes']}", "-"
    return tuple(f"{column}*{value['times']}" for column in columns(value["repeat"]))


vectors = json.loads(pathlib.Path(__file__).with_name("vectors.json").read_text())
for kind in ("draft", "user"):
    for vector in vectors[f"{kind}s"]:
        ids, texts = columns(vector["id"]), columns(vector.get("text"))
        print(kind, vector["name"], vector["code"], ids[0], texts[0], ids[1], texts[1], sep="\t")
