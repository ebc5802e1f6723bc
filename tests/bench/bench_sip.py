"""SIP calls in one process, to sipp: CPU of a call and how evenly our frames leave, at 1, 10 and 20 calls at once.

Every call sends and reads sound as a conversation does, without engines. The far end's sound is this program once more: it sends every
packet back and notes the kernel's time of its arrival, of which the jitter of RFC 3550 is reckoned. Each line shows its ratio to one call.
Goal: jitter of at most 5 ms.
"""

import asyncio
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.bench.harness import percentile, report

SECONDS, SETTLE = 10.0, 1.5
SO_TIMESTAMPNS, TIMESPEC = 35, struct.Struct("@qq")  # of Linux; Python has no name for it
CLOCK = 8.0  # RTP units in a ms


def listen(port: int) -> None:
    """Echoes until it is told to stop; then prints, for every stream, arrival times and RTP times in ms."""
    streams: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        ear.bind(("127.0.0.1", port))
        while True:
            packet, notes, _, sender = ear.recvmsg(2_000, 64)
            if packet == b"stop":
                break
            if len(packet) < 13 or packet[1] & 127 not in (0, 8):
                continue
            ear.sendto(packet, sender)
            seconds, nanoseconds = TIMESPEC.unpack(notes[0][2][: TIMESPEC.size])
            streams[f"{sender[1]}-{packet[8:12].hex()}"].append(
                (seconds * 1e3 + nanoseconds / 1e6, struct.unpack(">I", packet[4:8])[0] / CLOCK)
            )
    print(json.dumps(streams))


def start_ear(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.bench.bench_sip", str(port)], stdout=subprocess.PIPE)


def jitter(stream: list[list[float]]) -> float:
    """RFC 3550, 6.4.1, over the middle of a call."""
    found, middle = 0.0, stream[50:-25]
    for (came, said), (came_next, said_next) in zip(middle, middle[1:], strict=False):
        found += (abs((came_next - came) - (said_next - said)) - found) / 16
    return found


async def pump(line, frame: bytes) -> int:
    """Sends in real time until the line is over; how many frames came back."""
    loop, came = asyncio.get_running_loop(), 0

    async def read() -> None:
        from calls.carriers.sound import Gone, Sound

        nonlocal came
        while not isinstance(event := await line.next(), Gone):
            came += len(event.pcm) // len(frame) if isinstance(event, Sound) else 0

    reading, due = asyncio.create_task(read()), loop.time()
    while not reading.done():
        line.send(frame)
        due += 0.02
        await asyncio.sleep(max(0.0, due - loop.time()))
    return came


async def run(calls: int) -> tuple[float, list[float], float]:
    from calls.carriers.sip.placing import place
    from calls.carriers.sip.settings import parse
    from tests.peers import scenario
    from tests.peers.kit import Sipp, free_port, pcm, speechlike, trunk

    frame = pcm(speechlike(0.02, 1))
    with tempfile.TemporaryDirectory(prefix="parley-bench.") as folder:
        media = free_port()
        xml = scenario.scenario(*scenario.answered(), scenario.BYE).replace("[media_port]", str(media))
        ear = start_ear(media)
        sipp = Sipp(Path(folder), xml)
        config = trunk(sipp.port)
        try:
            lines = []
            for _ in range(calls):
                lines.append(await place(config, parse(config.settings), "+15551234567", "+15550100"))
                await asyncio.sleep(0.05)
            pumps = [asyncio.create_task(pump(line, frame)) for line in lines]
            await asyncio.sleep(SETTLE)
            cpu, began = time.process_time(), time.monotonic()
            await asyncio.sleep(SECONDS)
            share = (time.process_time() - cpu) / (time.monotonic() - began)
            await asyncio.gather(*(line.hangup() for line in lines))
            came = sum(await asyncio.gather(*pumps))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as teller:
                teller.sendto(b"stop", ("127.0.0.1", media))
            streams = json.loads(await asyncio.to_thread(lambda: ear.communicate(timeout=20)[0]))
        finally:
            ear.kill()
            sipp.kill()
    sent = sum(map(len, streams.values()))
    return 100 * share / calls, [jitter(stream) for stream in streams.values()], came / sent


async def everything() -> None:
    from calls.carriers.sip import runtime

    one_cpu = one_jitter = 0.0
    for calls in (1, 10, 20):
        cpu, jitters, back = await run(calls)
        worst = max(jitters)
        one_cpu, one_jitter = one_cpu or cpu, one_jitter or worst
        report(
            "sip",
            calls=calls,
            streams=len(jitters),
            cpu_percent_per_call=cpu,
            cpu_ratio_to_one=cpu / one_cpu,
            jitter_p50_ms=percentile(jitters, 0.5),
            jitter_max_ms=worst,
            jitter_ratio_to_one=worst / max(one_jitter, 0.001),
            goal_jitter_ms=5,
            frames_back=back,
        )
    await runtime.stop()


def main() -> None:
    if len(sys.argv) > 1:
        listen(int(sys.argv[1]))
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    asyncio.run(everything())


if __name__ == "__main__":
    main()
