namespace FineTuneFlow.Cli.Stack;

/// <summary>Where the product's own files are.</summary>
internal static class StackPaths
{
    /// <summary>The repository: told by the script <c>ftf</c>, else the folder above the binaries that has package.json.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("FTF_ROOT") is { Length: > 0 } told ? told : Find();

    /// <summary>Setting FTF_HOME, else <c>.finetuneflow</c> in the repository.</summary>
    public static string Home => Environment.GetEnvironmentVariable("FTF_HOME") is { Length: > 0 } home
        ? Path.GetFullPath(home)
        : Path.Combine(Root, ".finetuneflow");

    /// <summary>A program that was built beside this one.</summary>
    public static string Program(string name) => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>Shorter for a person: relative to where they stand, if it is below.</summary>
    public static string Shown(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "FineTuneFlow.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? Environment.CurrentDirectory;
    }
}
