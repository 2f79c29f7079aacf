using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary><c>docs/report.schema.json</c> is what the records say, and what reports are.</summary>
public sealed partial class ReportSchemaTests
{
    private static readonly Lazy<Dictionary<string, XElement>> Docs = new(() => XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "FineTuneFlow.Core.xml")).Descendants("member")
        .ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal));

    [Fact]
    public void The_schema_is_what_the_records_and_their_comments_say()
    {
        string made = Made();
        // FINETUNEFLOW_WRITE_SCHEMA: writes the file anew after the records have changed.
        if (Environment.GetEnvironmentVariable("FINETUNEFLOW_WRITE_SCHEMA") is { Length: > 0 })
        {
            File.WriteAllText(ReportSchema.Path, made);
        }

        File.ReadAllText(ReportSchema.Path).ShouldBe(made, "FINETUNEFLOW_WRITE_SCHEMA=1 writes it anew");
    }

    [Theory]
    [InlineData(1500, true)]
    [InlineData(300, false)]
    [InlineData(1, true)]
    [InlineData(7, false)]
    public void Reports_are_what_the_schema_says(int rows, bool champion) =>
        ReportSchema.Problems(ReportJson.Write(ReportBuilder.Build(SampleRun.Input(rows, champion: champion)))).ShouldBeEmpty();

    [Fact]
    public void A_report_that_is_not_is_told()
    {
        JsonNode report = JsonNode.Parse(ReportJson.Write(ReportBuilder.Build(SampleRun.Input(50))))!;
        report["verdict"]!["decision"] = "perhaps";
        report["candidates"]![0]!["metrics"]!["accuracy"] = "high";
        report["mood"] = "good";

        string problems = string.Join('\n', ReportSchema.Problems(report.ToJsonString()));

        problems.ShouldContain("/verdict/decision");
        problems.ShouldContain("/metrics/accuracy");
        problems.ShouldContain("mood");
    }

    [Fact]
    public void The_page_about_the_schema_names_every_property_of_a_report_and_of_a_candidate()
    {
        string page = File.ReadAllText(Path.ChangeExtension(Path.Combine(Path.GetDirectoryName(ReportSchema.Path)!, "report-schema"), "md"));
        JsonNode schema = JsonNode.Parse(Made())!;

        foreach (string name in schema["properties"]!.AsObject().Select(property => property.Key).Concat(
            schema["properties"]!["candidates"]!["items"]!["properties"]!.AsObject().Select(property => property.Key)))
        {
            page.ShouldContain($"{name}", Case.Sensitive, $"docs/report-schema.md says nothing of {name}");
        }
    }

    private static string Made()
    {
        var options = new JsonSerializerOptions(FlowJson.Indented) { NumberHandling = JsonNumberHandling.Strict };
        JsonNode schema = options.GetJsonSchemaAsNode(typeof(RunReport), new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => Described(context, node),
        });
        var whole = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "report.json of a FineTuneFlow run",
        };
        foreach ((string name, JsonNode? value) in schema.AsObject().ToArray())
        {
            schema.AsObject().Remove(name);
            whole[name] = value;
        }

        return whole.ToJsonString(FlowJson.Indented) + "\n";
    }

    private static JsonNode Described(JsonSchemaExporterContext context, JsonNode node)
    {
        // What is always written is required; nulls are left out.
        if (node is JsonObject record && record["properties"] is JsonObject && context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            record["required"] = new JsonArray([.. context.TypeInfo.Properties.Where(property => property.Get is not null && !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null)
                .Select(property => (JsonNode)property.Name)]);
        }

        if (node is JsonObject schema && context.PropertyInfo?.AttributeProvider is MemberInfo member && Text(member) is { Length: > 0 } text)
        {
            schema["description"] = text;
        }

        return node;
    }

    // A property's own comment, or that of the record's parameter that it comes from.
    private static string? Text(MemberInfo member)
    {
        string type = member.DeclaringType!.FullName!.Replace('+', '.');
        XElement? element = Docs.Value.GetValueOrDefault($"P:{type}.{member.Name}")?.Element("summary")
            ?? Docs.Value.GetValueOrDefault($"T:{type}")?.Elements("param").FirstOrDefault(param => (string?)param.Attribute("name") == member.Name);
        if (element is null)
        {
            return null;
        }

        foreach (XElement reference in element.Descendants().Where(inner => inner.Attribute("cref") is not null).ToArray())
        {
            reference.ReplaceWith(((string)reference.Attribute("cref")!).Split('.')[^1]);
        }

        return Spaces().Replace(element.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
