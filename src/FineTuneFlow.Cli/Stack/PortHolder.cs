using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FineTuneFlow.Cli.Stack;

/// <summary>Whether a loopback port is free, and who has it.</summary>
internal static class PortHolder
{
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As servers do it: a connection of before that lingers is not a holder.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, !OperatingSystem.IsWindows());
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>"node (process 4711)", where the system tells; else null. Linux: the socket's inode in /proc/net/tcp is looked
    /// for among the open files of the processes that we may read.</summary>
    public static string? Of(int port)
    {
        string? inode = File.Exists("/proc/net/tcp") ? InodeOf(port) : null;
        if (inode is null)
        {
            return null;
        }

        foreach (string process in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(file => new FileInfo(file).LinkTarget == $"socket:[{inode}]"))
                {
                    return $"{NameOf(process)} (process {Path.GetFileName(process)})";
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended.
            }
        }

        return null;
    }

    /// <summary>The program's name; comm alone is cut at 15 characters.</summary>
    private static string NameOf(string process)
    {
        string program = Path.GetFileName(File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0')[0]);
        return program.Length > 0 ? program : File.ReadAllText(Path.Combine(process, "comm")).Trim();
    }

    private static string? InodeOf(int port)
    {
        string wanted = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        const string listening = "0A";
        return File.ReadLines("/proc/net/tcp").Concat(File.Exists("/proc/net/tcp6") ? File.ReadLines("/proc/net/tcp6") : [])
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(part => part.Length > 9 && part[1].EndsWith(wanted, StringComparison.Ordinal) && part[3] == listening)?[9];
    }
}
