#!/usr/bin/python3
"""The local stack under load, on plain files in a folder that is removed afterwards.

usage: load.py drops [COUNT]     COUNT files dropped at once (1,000): each runs or is refused with a reason, one job each; memory of the host
       load.py runs [COUNT]      COUNT finished runs (100,000, copies of a real one): how long list, status and start take
       load.py storages [CSV]    the chapter's recipe on a CSV (3,000 made-up reviews) over plain files and over Azurite: processor time and memory

FTF names the ftf to measure; without it, src/FineTuneFlow.Cli is built. Ends with 1 where something was lost.
"""
import http.client, json, os, random, shutil, socket, sqlite3, subprocess, sys, tempfile, threading, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
RECIPE = {
    "candidates": [{"name": "tuned", "provider": "simulator", "model": "babbage-002", "epochs": 1}],
    "baselines": [{"name": "linear"}],
    "budget": {"usd": 1000, "approveAbove": 1000},
}
LINEAR = {"candidates": [], "baselines": [{"name": "linear"}]}
WORDS = [("terrible", "awful"), ("okay", "average"), ("excellent", "perfect")]


def csv(seed, rows=60):
    made = random.Random(seed)
    lines = ["review,star"]
    for i in range(rows):
        star = made.randrange(3)
        lines.append(f"the app is {made.choice(WORDS[star])} and {made.choice(WORDS[star])} number {seed} {i},{star + 1}")
    return "\n".join(lines) + "\n"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Stack:
    def __init__(self, home):
        self.home, self.port, self.simulator = home, free_port(), free_port()
        self.up = None

    def start(self, *options):
        began = time.monotonic()
        self.up = subprocess.Popen(
            [ftf(), "up", "--port", str(self.port), "--simulator-port", str(self.simulator), *options],
            env=os.environ | {"FTF_HOME": self.home}, stdout=subprocess.PIPE, text=True, cwd=self.home)
        for line in self.up.stdout:
            if line.startswith("Ready in"):
                threading.Thread(target=self.up.stdout.read, daemon=True).start()
                return time.monotonic() - began
        sys.exit(f"ftf up ended with {self.up.wait()}")

    def stop(self):
        self.up.terminate()  # Not SIGINT, which is ignored where a shell has begun this in the background.
        self.up.wait()

    @property
    def services(self):
        with open(f"{self.home}/stack.json") as file:
            return next(v for k, v in json.load(file).items() if k.lower() == "services")

    def ask(self, method, path, body=None, port=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=120)
        try:
            data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": kind, "Authorization": "Bearer load"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 400:
                raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
            return json.loads(text) if text else None
        finally:
            connection.close()

    def post_run(self, project, content, recipe):
        edge = "----load"
        parts = [("project", None, project), ("recipe", None, recipe if isinstance(recipe, str) else json.dumps(recipe)), ("file", "reviews.csv", content)]
        body = "".join(
            f"--{edge}\r\nContent-Disposition: form-data; name=\"{name}\"" + (f"; filename=\"{file}\"" if file else "") + f"\r\n\r\n{value}\r\n"
            for name, file, value in parts) + f"--{edge}--\r\n"
        return self.ask("POST", "/api/runs", body.encode(), kind=f"multipart/form-data; boundary={edge}")

    def runs(self, query=""):
        found, continuation = [], None
        while True:
            page = self.ask("GET", f"/api/runs?top=1000{query}" + (f"&continuation={continuation}" if continuation else ""))
            found += page["runs"]
            continuation = page.get("continuation")
            if not continuation:
                return found, page.get("refused") or []


_ftf = None


def ftf():
    global _ftf
    if _ftf is None:
        _ftf = os.environ.get("FTF")
        if not _ftf:
            subprocess.run(["dotnet", "build", f"{ROOT}/src/FineTuneFlow.Cli", "-c", "Release", "-v", "quiet", "-clp:ErrorsOnly"], check=True, stdout=sys.stderr)
            _ftf = f"{ROOT}/src/FineTuneFlow.Cli/bin/Release/net10.0/ftf"
    return os.path.abspath(_ftf)


def memory(pid):
    with open(f"/proc/{pid}/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["VmRSS"].split()[0]) / 1024, int(lines["VmHWM"].split()[0]) / 1024


def processor(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def drops(stack, count):
    stack.start()
    stack.ask("PUT", "/api/projects/load/recipe", RECIPE)
    stack.ask("PUT", "/api/projects/broken/recipe", RECIPE)
    folder = f"{stack.home}/storage/drops"
    # Every fiftieth is no data set at all: it has to be refused or to fail with a reason, and holds nobody up.
    broken = count // 50
    os.makedirs(f"{folder}/load", exist_ok=True)
    os.makedirs(f"{folder}/broken", exist_ok=True)
    began = time.monotonic()
    for i in range(count - broken):
        with open(f"{folder}/load/drop-{i:05}.csv", "w") as file:
            file.write(csv(i))
    for i in range(broken):
        with open(f"{folder}/broken/drop-{i:05}.csv", "w") as file:
            file.write(f"nothing\n{i}\n")
    print(f"{count} files written in {time.monotonic() - began:.1f} s")
    pids, slowest, looks = stack.services, 0.0, 0
    while True:
        time.sleep(2)
        asked = time.monotonic()
        page = stack.ask("GET", "/api/runs?top=1")
        slowest, looks = max(slowest, time.monotonic() - asked), looks + 1
        if looks % 5 == 0 or not page["runs"]:
            runs, refused = stack.runs()
            open_runs = sum(run.get("endedAt") is None for run in runs)
            print(f"  {time.monotonic() - began:6.0f} s: {len(runs)} runs, {open_runs} open, {len(refused)} refused, host {memory(pids['host'])[0]:.0f} MB", flush=True)
            if len(runs) + len(refused) >= count and open_runs == 0:
                break
    took = time.monotonic() - began
    outcomes = {}
    for run in runs:
        outcomes[run["outcome"]] = outcomes.get(run["outcome"], 0) + 1
    silent = [run["runId"] for run in runs if run["outcome"] != "succeeded" and not run.get("failure")] + [one for one in refused if not one.get("failure")]
    ledger = stack.ask("GET", "/simulator/ledger", port=stack.simulator)
    tuned = outcomes.get("succeeded", 0)
    host, simulator = memory(pids["host"])[1], memory(pids["simulator"])[1]
    print(f"{count} drops in {took:.0f} s: {outcomes}, {len(refused)} refused; {ledger['jobsCreated']} jobs, {ledger['duplicateJobs']} of them twice")
    print(f"memory at the most: host {host:.0f} MB, simulator {simulator:.0f} MB; processor: host {processor(pids['host']):.0f} s, simulator {processor(pids['simulator']):.0f} s")
    print(f"slowest of {looks} looks at the list meanwhile: {slowest * 1000:.0f} ms")
    wrong = [
        (tuned != count - broken, f"{count - broken} should have succeeded"), (ledger["jobsCreated"] != tuned or ledger["duplicateJobs"] != 0, "one job each"),
        (bool(silent), f"without a reason: {silent[:5]}"), (host > 1024, "the host took more than 1 GB"),
    ]
    return [what for is_wrong, what in wrong if is_wrong]


def multiply(home, run_id, count):
    """Copies of a run and its parts under other ids: in the engine's database, and its run.json in a folder of its own."""
    database = sqlite3.connect(f"{home}/engine.db")
    columns = [row[1] for row in database.execute("PRAGMA table_info(instances)") if row[1] not in ("key", "id")]
    minute = 600_000_000
    moved = [f"{name} - i * {minute}" if name in ("created_at", "updated_at", "ended_at") else name for name in columns]
    database.execute(f"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
        INSERT INTO instances(id, {', '.join(columns)}) SELECT 'many-' || printf('%010x', i), {', '.join(moved)} FROM instances, n WHERE id = ?""", (run_id,))
    for child, parent in database.execute(f"""
        SELECT c.id, p.id FROM instances c JOIN instances p ON p.key = c.parent WHERE c.id LIKE '{run_id}%' ORDER BY c.key""").fetchall():
        of_copy = [f"(SELECT key FROM instances WHERE id = replace(?, '{run_id}', 'many-' || printf('%010x', i)))" if name == "parent" else move
                   for name, move in zip(columns, moved)]
        database.execute(f"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            INSERT INTO instances(id, {', '.join(columns)}) SELECT replace(id, '{run_id}', 'many-' || printf('%010x', i)), {', '.join(of_copy)} FROM instances, n
            WHERE id = ?""", (parent, child))
    database.commit()
    database.close()
    with open(f"{home}/storage/runs/{run_id}/run.json") as file:
        record = file.read()
    for i in range(1, count + 1):
        folder = f"{home}/storage/runs/many-{i:010x}"
        os.mkdir(folder, 0o700)
        with open(f"{folder}/run.json", "w") as file:
            file.write(record.replace(run_id, f"many-{i:010x}"))


def ended(stack, run_id):
    while True:
        run = stack.ask("GET", f"/api/runs/{run_id}")
        if run.get("endedAt"):
            return run
        time.sleep(0.2)


def runs(stack, count):
    stack.start()
    run_id = stack.post_run("many", csv(0, 200), RECIPE)["runId"]
    if ended(stack, run_id)["outcome"] != "succeeded":
        return ["the run to be copied has not succeeded"]
    stack.stop()
    began = time.monotonic()
    multiply(stack.home, run_id, count)
    print(f"{count} runs written in {time.monotonic() - began:.0f} s; the stack starts with them in {stack.start():.1f} s")
    pick = random.Random(1)
    deep = None
    for _ in range(5):
        deep = stack.ask("GET", "/api/runs?top=1000" + (f"&continuation={deep}" if deep else "")).get("continuation")
    cases = [
        ("list, first page", lambda i: stack.ask("GET", "/api/runs")),
        ("list, page after 5,000", lambda i: stack.ask("GET", "/api/runs" + (f"?continuation={deep}" if deep else ""))),
        ("list of a project", lambda i: stack.ask("GET", "/api/runs?project=many")),
        ("list of what failed", lambda i: stack.ask("GET", "/api/runs?outcome=failed")),
        ("list of what partly failed", lambda i: stack.ask("GET", "/api/runs?outcome=partlyFailed")),
        ("list of what runs", lambda i: stack.ask("GET", "/api/runs?outcome=running")),
        ("list of another project", lambda i: stack.ask("GET", "/api/runs?project=nobody")),
        ("status", lambda i: stack.ask("GET", f"/api/runs/many-{pick.randrange(1, count + 1):010x}")),
        ("start", lambda i: stack.post_run("fresh", csv(1_000_000 + i, 40), LINEAR)),
    ]
    slow = []
    for name, call in cases:
        times = []
        for i in range(40):
            if name == "start":
                time.sleep(0.5)  # Each has the machine for itself, as far as the one before is done.
            asked = time.monotonic()
            call(i)
            times.append((time.monotonic() - asked) * 1000)
        times = sorted(times[3:])
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
        if p50 > 50:
            slow.append(f"{name} takes more than 50 ms")
    print(f"memory: host {memory(stack.services['host'])[1]:.0f} MB at the most")
    return slow


def storages(csv_file):
    with open(f"{ROOT}/samples/chapter.recipe.json") as file:
        recipe = "".join(line for line in file if not line.lstrip().startswith("//"))
    for storage, options in (("plain files", ()), ("Azurite", ("--storage", "azurite", "--storage-port", str(free_port())))):
        home = tempfile.mkdtemp(prefix="ftf-load-")
        stack = Stack(home)
        try:
            up = stack.start(*options)
            if not csv_file:
                csv_file = f"{tempfile.gettempdir()}/ftf-load-reviews.csv"
                subprocess.run([ftf(), "sample", "--rows", "3000", "--out", csv_file], check=True, stdout=subprocess.DEVNULL)
            with open(csv_file, encoding="utf-8") as file:
                content = file.read()
            before = {name: processor(pid) for name, pid in stack.services.items()}
            began = time.monotonic()
            run = ended(stack, stack.post_run("chapter", content, recipe)["runId"])
            took = time.monotonic() - began
            used = {name: processor(pid) - before[name] for name, pid in stack.services.items()}
            print(f"{storage}: ready in {up:.1f} s, {run['outcome']} after {took:.1f} s; processor " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in used.items())
                  + f" (together {sum(used.values()):.1f} s); memory at the most " + ", ".join(f"{name} {memory(pid)[1]:.0f} MB" for name, pid in stack.services.items()), flush=True)
        finally:
            if stack.up and stack.up.poll() is None:
                stack.stop()
            shutil.rmtree(home)


def main():
    if sys.argv[1] == "storages":
        return storages(sys.argv[2] if len(sys.argv) > 2 else None)
    what, count = sys.argv[1], int(sys.argv[2].replace(",", "")) if len(sys.argv) > 2 else None
    ftf()
    home = tempfile.mkdtemp(prefix="ftf-load-")
    stack = Stack(home)
    try:
        wrong = drops(stack, count or 1000) if what == "drops" else runs(stack, count or 100_000)
    finally:
        if stack.up and stack.up.poll() is None:
            stack.stop()
        shutil.rmtree(home)
    for one in wrong:
        print(f"wrong: {one}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("drops", "runs", "storages"):
        sys.exit(__doc__)
    main()
