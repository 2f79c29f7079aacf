namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Finds the script that builds the product's trainer where it is not built yet, and runs it.</summary>
internal static class TrainerProgram
{
    /// <summary>The checkout's folder, as <c>./ftf</c> sets it.</summary>
    public const string Root = "FTF_ROOT";

    private const string Script = "src/FineTuneFlow.Trainer/train.sh";

    /// <summary>What the script leaves once it has built the trainer, seen from its folder.</summary>
    private const string Stamp = "../../.finetuneflow/trainer/.built";

    /// <summary>Whether the script has built the trainer before; it builds it again where the sources are newer.</summary>
    public static bool IsBuilt() => Find() is { } script && File.Exists(Path.Combine(Path.GetDirectoryName(script)!, Stamp));

    /// <summary>The script's path; null where the host does not run from a checkout, as in the cloud.</summary>
    public static string? Find()
    {
        string? root = Environment.GetEnvironmentVariable(Root);
        for (DirectoryInfo? at = new(string.IsNullOrEmpty(root) ? AppContext.BaseDirectory : root); at is not null; at = at.Parent)
        {
            string script = Path.Combine(at.FullName, Script);
            if (File.Exists(script))
            {
                return script;
            }
        }

        return null;
    }
}
