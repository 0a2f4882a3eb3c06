# ClickHouse of another version, in process: one request a line on standard input, one answer a line.
# {"id": 1, "sql": "SELECT …", "format": "JSONEachRow"} -> {"id": 1, "text": "…"} or {"id": 1, "error": "…"}
import json
import os
import sys

# What the engine itself prints must not end among the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
# An insert with rows in its text would go on reading from standard input.
requests = os.fdopen(os.dup(0))
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

from chdb import session  # noqa: E402

engine = session.Session(sys.argv[1])
for line in requests:
    request = json.loads(line)
    answer = {"id": request["id"]}
    try:
        answer["text"] = engine.query(request["sql"], request["format"]).bytes().decode()
    except Exception as error:
        answer["error"] = str(error)
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
