"""Starts one program from a small process of its own: `python -I -S launch.py REPORT_FD LIMIT_S WORDS...`.

The kernel counts the memory of whoever starts a program as that program's, so it must not be the benchmark,
which grows. Writes to the descriptor: status, seconds, seconds of a processor, peak of memory in KiB; no
status when the limit was reached and the program killed. A program of several processes counts for the sum of
the peaks of those alive at a time, looked at ten times a second: pages that they share are counted twice
rather than left out.
"""

import os
import signal
import sys
import time

LOOKS_S = 0.1
GROUP = 2
"""Where the process group stands in /proc/PID/stat, after the name."""


def look(group: int) -> int:
    """Return the sum of the peaks of memory of the processes that the program started and that are alive."""
    peak_kib = 0
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit() and int(name) >= group:
            try:
                with open(f"/proc/{name}/stat") as stat, open(f"/proc/{name}/status") as status:
                    if int(stat.read().rpartition(")")[2].split()[GROUP]) == group:
                        for line in status:
                            if line.startswith("VmHWM:"):  # not there any more when it is about to end
                                peak_kib += int(line.split()[1])
            except OSError:
                continue  # it ended meanwhile
    return peak_kib


def waited(pid: int, limit_s: float) -> "tuple[int | None, float, float, int]":
    """Exit status or None for the limit, seconds, those of a processor, and the peak in KiB."""
    began = time.perf_counter()
    peak_kib = 0
    while True:
        signal.sigtimedwait({signal.SIGCHLD}, LOOKS_S)
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        seconds = time.perf_counter() - began
        if ended:
            break
        peak_kib = max(peak_kib, look(pid))
        if seconds > limit_s:
            os.killpg(pid, signal.SIGKILL)
            _, _, usage = os.wait4(pid, 0)
            break
    peak_kib = max(usage.ru_maxrss, peak_kib)
    processor_s = usage.ru_utime + usage.ru_stime
    return os.waitstatus_to_exitcode(status) if ended else None, seconds, processor_s, peak_kib


def main() -> None:
    """Start, wait, report."""
    report, limit_s, words = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    os.set_inheritable(report, False)  # noqa: FBT003 - it takes no keyword
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    pid = os.posix_spawnp(words[0], words, os.environ, setpgroup=0, setsigmask=())
    try:
        status, *figures = waited(pid, limit_s)
    except BaseException:  # a benchmark that is broken off leaves nothing running
        os.killpg(pid, signal.SIGKILL)
        raise
    os.write(report, ",".join(["" if status is None else str(status), *map(str, figures)]).encode())


main()
