using System.Runtime.CompilerServices;

namespace FineTuneFlow.Functions.AppTests.Durable;

internal static class QuietHosts
{
    /// <summary>The test package's hosts write every request to the console and can be told otherwise by environment only.</summary>
    [ModuleInitializer]
    internal static void Silence() =>
        Environment.SetEnvironmentVariable(Level, Environment.GetEnvironmentVariable(Level) ?? "None");

    private const string Level = "Logging__LogLevel__Default";
}
