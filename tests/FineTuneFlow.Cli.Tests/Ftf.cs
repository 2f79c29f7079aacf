using FineTuneFlow.Cli.CommandLine;


namespace FineTuneFlow.Cli.Tests;

/// <summary>A command line in this process, with what it wrote.</summary>
internal static class Ftf
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(params IReadOnlyList<string> args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandFrame.RunAsync(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
