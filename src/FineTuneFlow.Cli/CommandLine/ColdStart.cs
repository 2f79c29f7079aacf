using FineTuneFlow.Core.Datasets.Preparation;


namespace FineTuneFlow.Cli.CommandLine;

/// <summary>What a command over data loads and compiles before its first row takes as long as reading a small file. Where there
/// is a second processor it does that, while this one reads the command line.</summary>
internal static class ColdStart
{
    public static void Begin(string[] args)
    {
        if (args is ["check" or "prepare", ..] && Environment.ProcessorCount > 1)
        {
            new Thread(Load) { IsBackground = true }.Start();
        }
    }

    private static void Load()
    {
        try
        {
            Preload.Run();
        }
        catch (Exception)
        {
            // What cannot be loaded here cannot be loaded by the command either, which says so.
        }
    }
}
