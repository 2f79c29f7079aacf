using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.Costs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Providers.Tests.Costs;

public sealed class CostFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-costs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_are_put_over_the_built_in_books()
    {
        string prices = Written("p.json", """{"asOf":"2027-01-01","source":"ours","tokens":[{"model":"gpt-4.1","asOf":"2027-01-01","training":9}]}""");
        string models = Written("m.json", """{"asOf":"2027-01-01","source":"ours","models":[{"provider":"openai","model":"gpt-7"}]}""");

        ServiceProvider services = Add(("Costs__Prices", prices), ("Costs:Models", models)).BuildServiceProvider();

        services.GetRequiredService<PriceBook>().Training("openai", "gpt-4.1")!.Likely.ShouldBe(9);
        services.GetRequiredService<ModelBook>().Find("openai", "gpt-7").ShouldNotBeNull();
    }

    [Fact]
    public void Without_files_nothing_is_registered_over_the_built_in_books() => Add().ShouldBeEmpty();

    [Theory]
    [InlineData("Costs__Prices", "nowhere.json")]
    [InlineData("Costs__Price", "p.json")]
    public void A_setting_that_cannot_be_used_is_named(string setting, string value) =>
        Should.Throw<FlowException>(() => Add((setting, Path.Combine(_folder, value)))).Failure.Field.ShouldBe(setting);

    [Fact]
    public void A_mistake_in_a_file_is_placed_by_its_line() =>
        Should.Throw<FlowException>(() => Add(("Costs__Prices", Written("p.json", "{\n\"asOf\": 3 }")))).Failure.Location!.Line.ShouldBe(2);

    [Fact]
    public void The_price_file_that_the_page_shows_can_be_read()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "FineTuneFlow.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        string shown = File.ReadAllText(Path.Combine(root, "docs", "costs.md")).Split("```json\n")[1].Split("```")[0];

        PriceBook.Read("docs/costs.md", System.Text.Encoding.UTF8.GetBytes(shown)).Training("nebius", "qwen3-32b")!.Likely.ShouldBe(2);
    }

    private string Written(string name, string content)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        return file;
    }

    private static ServiceCollection Add(params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddCostFiles(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build());
        return services;
    }
}
