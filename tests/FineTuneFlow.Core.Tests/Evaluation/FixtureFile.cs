using System.Text.Json.Nodes;

namespace FineTuneFlow.Core.Tests.Evaluation;

/// <summary>The files that the scripts in <c>Fixtures</c> have written.</summary>
internal static class FixtureFile
{
    public static JsonNode Read(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "FineTuneFlow.Core.Tests", "Evaluation", "Fixtures", name);
            if (File.Exists(path))
            {
                return JsonNode.Parse(File.ReadAllText(path))!;
            }
        }

        throw new FileNotFoundException($"{name} is not in the repository that the tests run from.");
    }
}
