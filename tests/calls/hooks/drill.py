"""A process that kills senders: each line on its stdin is `N WHEN`, and a forked child sends what is due until it dies without a word, as
by kill -9, "before" or "after" its Nth commit. The exit code of the child is printed."""

import os
import sys

import django


def main() -> None:
    django.setup()
    from tests.calls.crash_drill import die_at
    from tests.calls.hooks import kit

    for line in sys.stdin:
        number, when = line.split()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                die_at(int(number), when)
                kit.send_due()
                code = 0
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
