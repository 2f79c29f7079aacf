namespace FineTuneFlow.Tests;

/// <summary>The repository that these tests stand in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "FineTuneFlow.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("FineTuneFlow.sln is in no folder above the tests");
    }
}
