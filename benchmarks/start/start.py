"""Processor time of whole `ftf` processes, short and long, with and without a setting of the runtime, in turn.

usage: benchmarks/start/start.py [--rounds N] [--ftf FTF] [--other NAME=VALUE | --against FTF]

Runs ./ftf's published program on a small and a large file, and its commands that ask a host (one is started for them), in turn with the
same program under another environment, or with another build; prints the median of user plus system time of each, and the ratio.
Needs: ./ftf built (run ./ftf --version once), ../shared/data or FINETUNEFLOW_DATA.
"""
import argparse, os, pathlib, resource, statistics, subprocess, sys, tempfile, time, urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
FTF = ROOT / "src/FineTuneFlow.Cli/bin/ftf/ftf"
RECIPE = '{ "dataset": { "text": ["review_title", "review_body"], "label": "stars" }, "candidates": [{ "name": "a", "model": "babbage-002", "epochs": 1 }] }'


def used(command, environment, folder):
    """Seconds of processor time, the process's own children included."""
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.execve(command[0], command, environment)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ftf", type=pathlib.Path, default=FTF, help="the program to measure; ./ftf's own by default")
    arguments.add_argument("--rounds", type=int, default=10)
    arguments.add_argument("--other", default="DOTNET_TC_QuickJit=1", help="NAME=VALUE of the environment to hold against")
    arguments.add_argument("--against", help="another build's ftf instead")
    asked = arguments.parse_args()

    data = pathlib.Path(os.environ.get("FINETUNEFLOW_DATA", ROOT.parent / "shared/data"))
    large = data / "amazon_reviews_multi_en_train_part.csv"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DOTNET_T")}
    plain.setdefault("DOTNET_ROOT", str(pathlib.Path(subprocess.check_output(["readlink", "-f", subprocess.check_output(["which", "dotnet"], text=True).strip()], text=True).strip()).parent))
    name, _, value = asked.other.partition("=")
    other = plain if asked.against else plain | {name: value}
    second = pathlib.Path(asked.against) if asked.against else asked.ftf

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "recipe.json").write_text(RECIPE)
        with open(large, encoding="utf-8") as lines, open(work / "small.csv", "w", encoding="utf-8") as small:
            for _, line in zip(range(3001), lines):
                small.write(line)
        port = 18471
        stack = subprocess.Popen([asked.ftf, "up", "--port", str(port), "--simulator-port", str(port + 1)], cwd=work, env=plain | {"FTF_HOME": str(work / "home")}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            host = f"http://127.0.0.1:{port}"
            until(f"{host}/api/health")
            commands = {
                "--version": ["--version"],
                "check --json, 3,000 rows": ["check", "small.csv", "--recipe", "recipe.json", "--json"],
                "check --json, 42 MB": ["check", str(large), "--recipe", "recipe.json", "--json"],
                "prepare, 3,000 rows": ["prepare", "small.csv", "--recipe", "recipe.json", "--out", "out"],
                "prepare, 42 MB": ["prepare", str(large), "--recipe", "recipe.json", "--out", "out"],
                "runs": ["runs", "--host", host],
                "costs": ["costs"],
                "projects": ["projects", "--host", host],
            }
            print(f"| command | {asked.ftf} | {asked.against or asked.other} | ratio |\n| --- | ---: | ---: | ---: |")
            for title, words in commands.items():
                first_times, second_times = [], []
                for _ in range(asked.rounds):
                    first_times.append(used([str(asked.ftf), *words], plain, work))
                    second_times.append(used([str(second), *words], other, work))
                one, two = statistics.median(first_times), statistics.median(second_times)
                print(f"| {title} | {one:.3f} s | {two:.3f} s | {two / one:.2f} |", flush=True)
        finally:
            stack.terminate()
            stack.wait()


def until(address):
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{address} does not answer")


main()
