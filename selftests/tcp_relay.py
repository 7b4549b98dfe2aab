# SPDX-License-Identifier: GPL-2.0
"""Passes TCP connections on, byte by byte, until it is killed: whoever was
connected then is cut off, and nobody is let in.

usage: tcp_relay.py HOST PORT TO-HOST TO-PORT
"""

import asyncio
import sys


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def accepted(reader, writer):
    there, out = await asyncio.open_connection(*sys.argv[3:5])
    await asyncio.gather(pass_on(reader, out), pass_on(there, writer))


async def main():
    server = await asyncio.start_server(accepted, *sys.argv[1:3])
    async with server:
        await server.serve_forever()


asyncio.run(main())
