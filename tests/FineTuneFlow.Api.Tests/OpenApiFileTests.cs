using System.Text.Json.Nodes;
using FineTuneFlow.Api.Service;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Api.Tests;

/// <summary>The dashboard's types are made from <c>src/dashboard/openapi.json</c>, so that a changed route breaks its build. The
/// file is a copy of the document that the API gives.</summary>
public sealed class OpenApiFileTests
{
    [Fact]
    public async Task The_file_that_the_dashboard_is_built_with_is_the_APIs_own_description()
    {
        string file = Path.Combine(Root(), "src", "dashboard", "openapi.json");
        string expected = OpenApiDocument.Value.ToJsonString(FlowJson.Indented) + "\n";
        if (Environment.GetEnvironmentVariable("FTF_WRITE_OPENAPI") == "1")
        {
            await File.WriteAllTextAsync(file, expected, TestContext.Current.CancellationToken);
        }

        JsonNode? written = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));

        JsonNode.DeepEquals(written, OpenApiDocument.Value).ShouldBeTrue(
            "The API has changed. Run FTF_WRITE_OPENAPI=1 dotnet test --project tests/FineTuneFlow.Api.Tests, then npm run check in src/dashboard.");
    }

    private static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "FineTuneFlow.sln")))
        {
            at = at.Parent;
        }

        return at!.FullName;
    }
}
