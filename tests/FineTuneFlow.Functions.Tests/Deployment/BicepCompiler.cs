using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;

namespace FineTuneFlow.Functions.Tests.Deployment;

/// <summary>Bicep's own compiler over <c>infra/</c>, where it and the modules of the public registry can be had.</summary>
internal static class BicepCompiler
{
    private const string Registry = "mcr.microsoft.com";
    private static readonly string? Program =
        typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(a => a.Key == "Bicep")?.Value;

    /// <summary>Why nothing can be compiled here; null where it can.</summary>
    public static string? Missing { get; } = Find();

    /// <summary>Runs the compiler and returns what it printed to both streams.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is its own.</exception>
    public static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output + error.Result : throw new InvalidOperationException(output + error.Result);
    }

    private static string? Find()
    {
        if (Program is null || !File.Exists(Program))
        {
            return "Bicep's compiler is not packaged for this machine; the workflow ci.yml compiles infra/";
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Program, File.GetUnixFileMode(Program) | UnixFileMode.UserExecute);
        }

        return Cached() || Reachable() ? null : $"the modules of {Registry} cannot be reached and are not in Bicep's cache; the workflow ci.yml compiles infra/";
    }

    private static bool Cached()
    {
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".bicep", "br", Registry);
        return BicepFile.All.SelectMany(f => f.Modules).Where(m => m.Source.StartsWith("br/public:", StringComparison.Ordinal)).All(module =>
        {
            string[] parts = module.Source["br/public:".Length..].Split(':');
            return File.Exists(Path.Combine(cache, $"bicep${parts[0].Replace('/', '$')}", $"{parts[1]}$", "main.json"));
        });
    }

    private static bool Reachable()
    {
        // The compiler itself would try for minutes.
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        try
        {
            client.ConnectAsync(Registry, 443, limit.Token).AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
