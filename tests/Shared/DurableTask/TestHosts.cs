using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace FineTuneFlow.Tests.DurableTask;

/// <summary>What the test package's hosts do not do by themselves.</summary>
internal static class TestHosts
{
    private const string Level = "Logging__LogLevel__Default";

    /// <summary>A port that nobody listens on: their own is drawn at random, and now and then taken.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>They write every request to the console and can be told otherwise by environment only.</summary>
    [ModuleInitializer]
    internal static void Silence() => Environment.SetEnvironmentVariable(Level, Environment.GetEnvironmentVariable(Level) ?? "None");
}
