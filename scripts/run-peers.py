"""Records what other scanners answer to the examples of the scorecard: test/peers.json.

    node scripts/write-techniques.ts EXAMPLES
    node --eval 'import("./bench/repository.ts").then((bench) => bench.writeRepository("REPOSITORY"))'
    python3 scripts/run-peers.py EXAMPLES REPOSITORY > test/peers.json

Each scanner is used through the functions that its own command calls, with its default settings, on the folder of one example. They have to be
installed (pip install picklescan fickling modelscan modelaudit); one that is not there is left out. Then each scans the repository in a process of
its own, as Weighbridge does.
"""

import contextlib
import datetime
import io
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import time

SECONDS = 60


def files_in(folder):
    return [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]


def picklescan():
    from picklescan.scanner import scan_directory_path

    def answer(folder):
        result = scan_directory_path(folder)
        if result.issues_count > 0 or result.infected_files > 0:
            return "found"
        if result.scan_err:
            return "failed"
        return "clean" if result.scanned_files else "skipped"

    return answer, "the folder is scanned; any issue counts"


def fickling():
    from fickling.analysis import Severity, check_safety
    from fickling.fickle import StackedPickle

    def answer_file(path):
        with open(path, "rb") as file:
            stack = StackedPickle.load(file, fail_on_decode_error=False)
        return any(check_safety(pickled).severity > Severity.LIKELY_SAFE for pickled in stack)

    def answer(folder):
        seen = "skipped"
        for path in files_in(folder):
            try:
                if answer_file(path):
                    return "found"
                seen = "clean" if seen == "skipped" else seen
            except Exception:
                seen = "failed"
        return seen

    return answer, "each file is given to it as a stack of pickles; worse than likely safe counts. It reads pickles alone: archives fail"


def modelscan():
    from modelscan.modelscan import ModelScan
    from modelscan.settings import DEFAULT_SETTINGS

    def answer(folder):
        result = ModelScan(settings=DEFAULT_SETTINGS).scan(folder)
        if result["summary"]["total_issues"] > 0:
            return "found"
        if result["errors"]:
            return "failed"
        return "clean" if result["summary"]["scanned"]["total_scanned"] else "skipped"

    return answer, "the folder is scanned; any issue counts. Without TensorFlow and h5py, so those formats are skipped"


def modelaudit():
    from modelaudit.core import scan_model_directory_or_file

    def answer(folder):
        result = scan_model_directory_or_file(folder)
        worst = {str(issue.severity).split(".")[-1].lower() for issue in result.issues}
        if worst & {"warning", "critical"}:
            return "found"
        return "clean" if result.files_scanned else "skipped"

    return answer, "the folder is scanned; issues at warning and critical count. Without its optional packages (h5py, onnx, TensorFlow, msgpack)"


@contextlib.contextmanager
def limited():
    def stop(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            yield
        finally:
            signal.alarm(0)


def asked(answer, folder):
    try:
        with limited():
            return answer(folder)
    except TimeoutError:
        return "timeout"
    except Exception:
        return "failed"


RUNS = 5


def seconds_of(command):
    """Seconds of wall clock and of processors: the best of some runs, since other work only adds."""
    runs = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        wall = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        runs.append((wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime))
    return {"wall": round(min(wall for wall, _ in runs), 2), "cpu": round(min(cpu for _, cpu in runs), 2)}


def main(examples, repository):
    logging.disable(logging.CRITICAL)
    versions = dict(item.split("=") for item in os.environ.get("PEER_VERSIONS", "").split(",") if item)
    peers = []
    for load in (picklescan, fickling, modelscan, modelaudit):
        try:
            peers.append((load.__name__, *load()))
        except ImportError as error:
            print(f"{load.__name__} is left out: {error}", file=sys.stderr)
    answers = {}
    for key in sorted(os.listdir(examples)):
        kinds = {kind: [asked(answer, os.path.join(examples, key, kind)) for _, answer, _ in peers] for kind in ("shown", "honest")}
        with open(os.path.join(examples, key, "key"), encoding="utf8") as file:
            answers[file.read()] = kinds
    described = [{"name": name, "version": versions.get(name, ""), "notes": notes} for name, _, notes in peers]
    ours = ["node", os.path.join(os.path.dirname(__file__), "../bin/weighbridge.js"), "scan", "--no-cache", "--json", repository]
    times = {name: seconds_of([sys.executable, __file__, "--one", name, repository]) for name, _, _ in peers}
    times["Weighbridge"] = seconds_of(ours)
    today = datetime.date.today().isoformat()
    json.dump({"recorded": today, "peers": described, "times": times, "answers": answers}, sys.stdout, indent=1)
    print()


if sys.argv[1] == "--one":
    logging.disable(logging.CRITICAL)
    answer, _ = {load.__name__: load for load in (picklescan, fickling, modelscan, modelaudit)}[sys.argv[2]]()
    answer(sys.argv[3])
else:
    main(sys.argv[1], sys.argv[2])
