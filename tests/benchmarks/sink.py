"""A mail server that accepts everything, as fast as Python can: `python -m tests.benchmarks.sink`.

Prints its port. Answers NOOP with how many messages it has taken.
"""

import asyncio

taken = 0


class Dialogue(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer, self.in_message = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n.\r\n" if self.in_message else b"\r\n")
            if end < 0:
                return
            line, self.buffer = self.buffer[:end], self.buffer[end + (5 if self.in_message else 2) :]
            self.transport.write(self.answer(line))

    def answer(self, line: bytes) -> bytes:
        global taken
        if self.in_message:
            self.in_message, taken = False, taken + 1
            return b"250 taken\r\n"
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-sink\r\n250 8BITMIME\r\n"
        if verb == b"DATA":
            self.in_message = True
            return b"354 go on\r\n"
        if verb == b"NOOP":
            return b"250 %d\r\n" % taken
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Dialogue, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
