using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Local.Settings;

/// <summary>Settings in the form that the Functions tools use: <c>local.settings.json</c> with <c>Values</c>, overridden by the
/// environment, overridden by the command line.</summary>
public static class SettingsFile
{
    public const string DefaultName = "local.settings.json";

    /// <summary>First words of the settings that the product or the Functions host reads.</summary>
    private static readonly string[] Known =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "ApiKey", "AzureFunctionsJobHost",
        "AzureWebJobsStorage", "Baselines", "Costs", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "Datasets", "DefaultProvider",
        "DropWatchSeconds", "FTF_HOME", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME", "Limits", "ListenAddress", "LogFormat", "LogLevel",
        "NightlySchedule", "Notifications", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_SERVICE_NAME", "OpenAI", "Port", "Providers", "Retention", "TASKHUB_NAME",
    ];

    private static readonly string[] KnownAtRoot = ["IsEncrypted", "Values", "Host", "ConnectionStrings"];

    /// <param name="settings">Receives the sources.</param>
    /// <param name="args"><c>--settings FILE</c>, and settings as <c>--Name value</c>.</param>
    /// <exception cref="FlowException">InvalidInput: the file, or a setting in it, is none.</exception>
    public static void AddTo(ConfigurationManager settings, string[] args)
    {
        IConfiguration line = new ConfigurationBuilder().AddCommandLine(args).Build();
        string file = line["settings"] ?? DefaultName;
        if (File.Exists(file))
        {
            settings.AddInMemoryCollection(Read(file));
        }
        else if (line["settings"] is not null)
        {
            throw new FlowException(new Failure(FailureKind.NotFound, "there is no such settings file", "Copy local.settings.sample.json.", new SourceLocation(file)));
        }

        settings.AddEnvironmentVariables();
        settings.AddCommandLine(args);
    }

    /// <summary>The values of a settings file, <c>__</c> turned into the section separator.</summary>
    public static Dictionary<string, string?> Read(string file)
    {
        JsonElement root;
        try
        {
            byte[] json = File.ReadAllBytes(file);
            // Editors of Windows begin a file with a byte order mark.
            ReadOnlyMemory<byte> content = json.AsMemory(json.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0);
            JsonTexts.AssertWhole(content.Span, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            using JsonDocument document = JsonDocument.Parse(content, JsonTexts.EachNameOnce with { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw Wrong(
                JsonFault.IsRepeatedProperty(exception) ? JsonFault.SentenceOf(exception) : $"not JSON: {JsonFault.SentenceOf(exception)}", "Correct the file at this place.",
                exception.LineNumber is { } line ? new SourceLocation(file, line + 1, $"{exception.BytePositionInLine + 1}") : new SourceLocation(file), null);
        }

        var place = new SourceLocation(file);
        if (root.ValueKind != JsonValueKind.Object || root.EnumerateObject().Any(property => !KnownAtRoot.Contains(property.Name)))
        {
            throw Wrong("expected an object with Values", $"Only {string.Join(", ", KnownAtRoot)} stand at the top.", place, null);
        }

        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (root.TryGetProperty("Values", out JsonElement given))
        {
            if (given.ValueKind != JsonValueKind.Object)
            {
                throw Wrong("it is not an object", "Write the settings as names with values.", place, "Values");
            }

            foreach (JsonProperty value in given.EnumerateObject())
            {
                string first = value.Name.Split("__")[0].Split(':')[0];
                if (!Known.Contains(first, StringComparer.OrdinalIgnoreCase))
                {
                    throw Wrong("there is no such setting", NearestName.Of(first, Known) is { } near ? $"Did you mean {near}?" : "See docs/cli.md for the settings.", place, value.Name);
                }

                if (value.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                {
                    throw Wrong("the value is not a text", "Values are flat: write sections as A__B.", place, value.Name);
                }

                values[value.Name.Replace("__", ":", StringComparison.Ordinal)] = value.Value.ToString();
            }
        }

        if (root.TryGetProperty("Host", out JsonElement host) && host.ValueKind == JsonValueKind.Object && host.TryGetProperty("LocalHttpPort", out JsonElement port))
        {
            values.TryAdd("Port", port.ToString());
        }

        return values;
    }

    private static FlowException Wrong(string message, string remedy, SourceLocation place, string? field) =>
        new(new Failure(FailureKind.InvalidInput, field is null ? message : $"{field}: {message}", remedy, place, field));
}
