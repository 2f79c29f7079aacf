using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FineTuneFlow.Benchmarks.Inference;

/// <summary>Asks over bare sockets with ready-made requests and looks at nothing but the answer's length: what the service alone
/// can do, next to a client that takes almost nothing.</summary>
internal static class RawLoad
{
    /// <returns>Requests answered with 200.</returns>
    public static async Task<long> AskAsync(Uri address, string path, IReadOnlyList<byte[]> bodies, int connections, TimeSpan time)
    {
        byte[][] requests = [.. bodies.Select(body => (byte[])[.. Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer k\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body])];
        long total = 0;
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async first =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port);
            byte[] buffer = new byte[64 * 1024];
            for (int i = first; Stopwatch.GetTimestamp() < end; i++)
            {
                await socket.SendAsync(requests[i % requests.Length]);
                await ReadAsync(socket, buffer);
                Interlocked.Increment(ref total);
            }
        }));
        return total;
    }

    private static async Task ReadAsync(Socket socket, byte[] buffer)
    {
        int held = 0;
        int whole = int.MaxValue;
        while (held < whole)
        {
            held += await socket.ReceiveAsync(buffer.AsMemory(held));
            int head = buffer.AsSpan(0, held).IndexOf("\r\n\r\n"u8);
            if (head >= 0)
            {
                string headers = Encoding.ASCII.GetString(buffer, 0, head);
                int at = headers.IndexOf("Content-Length: ", StringComparison.Ordinal) + "Content-Length: ".Length;
                int end = headers.IndexOf('\r', at);
                whole = headers.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
                    ? head + 4 + int.Parse(end < 0 ? headers[at..] : headers[at..end], CultureInfo.InvariantCulture)
                    : throw new InvalidOperationException(headers);
            }
        }
    }
}
