using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace FineTuneFlow.Encoders.Tests.Sources;

/// <summary>A hub on the loopback address: one model, whose files are served with ranges and may break off or be damaged.</summary>
internal sealed class LocalHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _files;

    public LocalHub(Dictionary<string, byte[]> files)
    {
        _files = files;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
        }

        _listener.Prefixes.Add(Address + "");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    /// <summary>Every request: path, and the range asked for.</summary>
    public ConcurrentQueue<(string Path, string? Range, string? Authorization)> Asked { get; } = [];

    /// <summary>Answered instead of anything else.</summary>
    public int? Status { get; set; }

    /// <summary>Weights are cut off after so many bytes, once.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Told of the weights instead of their size.</summary>
    public long? WeightBytes { get; set; }

    /// <summary>Weights are served with their last byte changed.</summary>
    public bool Damages { get; set; }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Answer(call);
        }
    }

    private void Answer(HttpListenerContext call)
    {
        string path = call.Request.Url!.AbsolutePath;
        Asked.Enqueue((path, call.Request.Headers["Range"], call.Request.Headers["Authorization"]));
        if (Status is { } status)
        {
            call.Response.StatusCode = status;
            call.Response.Close();
        }
        else if (path.StartsWith("/api/", StringComparison.Ordinal))
        {
            Send(call, Encoding.UTF8.GetBytes(Catalog()));
        }
        else
        {
            SendFile(call, path);
        }
    }

    private void SendFile(HttpListenerContext call, string path)
    {
        string name = path[(path.IndexOf(Commit, StringComparison.Ordinal) + Commit.Length + 1)..];
        byte[] bytes = (byte[])_files[name].Clone();
        bool weights = name.EndsWith(".safetensors", StringComparison.Ordinal);
        if (weights && Damages)
        {
            bytes[^1] ^= 1;
        }

        int from = call.Request.Headers["Range"] is { } range ? int.Parse(range["bytes=".Length..^1], null) : 0;
        if (from > 0)
        {
            call.Response.StatusCode = 206;
            call.Response.Headers["Content-Range"] = $"bytes {from}-{bytes.Length - 1}/{bytes.Length}";
        }

        if (weights && BreakAfter is { } after)
        {
            BreakAfter = null;
            call.Response.ContentLength64 = bytes.Length - from;
            call.Response.OutputStream.Write(bytes, from, after);
            call.Response.OutputStream.Flush();
            call.Response.Abort();
            return;
        }

        Send(call, bytes[from..]);
    }

    private static void Send(HttpListenerContext call, byte[] bytes)
    {
        call.Response.ContentLength64 = bytes.Length;
        call.Response.OutputStream.Write(bytes);
        call.Response.Close();
    }

    private string Catalog() => new JsonObject
    {
        ["sha"] = Commit,
        ["cardData"] = new JsonObject { ["license"] = "apache-2.0" },
        ["siblings"] = new JsonArray([.. _files.Select(file => Entry(file.Key, file.Value))]),
    }.ToJsonString();

    private JsonObject Entry(string name, byte[] bytes)
    {
        var entry = new JsonObject { ["rfilename"] = name, ["size"] = bytes.Length };
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            entry["size"] = WeightBytes ?? bytes.Length;
            entry["lfs"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
        }
        else
        {
#pragma warning disable CA5350 // Git's names of objects are SHA-1.
            entry["blobId"] = Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));
#pragma warning restore CA5350
        }

        return entry;
    }
}
