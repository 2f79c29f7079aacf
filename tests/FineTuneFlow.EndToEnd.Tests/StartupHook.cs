using System.Globalization;
using System.Runtime;

#pragma warning disable CA1050 // The runtime looks for a type of this name outside any namespace.

/// <summary>Runs inside <c>ftf</c> where DOTNET_STARTUP_HOOKS names this assembly: at the process's end it writes down how many methods
/// were compiled as it ran.</summary>
internal static class StartupHook
{
    public const string File = "FTF_TEST_COMPILED";

    public static void Initialize() => AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.File.WriteAllText(
        Environment.GetEnvironmentVariable(File)!, JitInfo.GetCompiledMethodCount().ToString(CultureInfo.InvariantCulture));
}
