using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Together;
using FineTuneFlow.Workflow.Ports;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>Whatever a service sends is read, or refused as unreadable: never anything else.</summary>
public sealed partial class ReadingProperties
{
    private const string Chat = """
        {"choices":[{"message":{"content":"5","refusal":null},"logprobs":{"content":[{"token":"5","logprob":-0.1,"top_logprobs":[{"token":" 5","logprob":-3.5},{"token":"\ud83d","logprob":-9}]}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":1}}
        """;

    private const string Legacy = """
        {"choices":[{"text":" 1","logprobs":{"tokens":[" 1"],"token_logprobs":[-0.2],"top_logprobs":[{" 1":-0.2,"\udc00":-1.9}]}}],"usage":{"prompt_tokens":9}}
        """;

    private static readonly string[] Objects =
    [
        """{"id":"j","status":"succeeded","error":{},"trained_tokens":1200,"result_files":["file-r",{"id":"x"}],"seed":7,"created_at":1700000000,"metadata":{"a":"b"},"method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":"auto","batch_size":4}}}}""",
        """{"id":"file-1","filename":"f","bytes":12,"status":"processed","error":{"message":"m"},"purpose":"fine-tune"}""",
        """{"id":"e","created_at":"2026-11-22T10:00:00Z","level":"info","type":"metrics","message":"\ud800","data":{"step":1,"total_steps":2,"train_loss":0.5}}""",
        """{"custom_id":"r","response":{"status_code":200,"body":{"choices":[{"message":{"content":"5"}}]}},"error":{"code":"c"},"id":"b","request_counts":{"total":3},"errors":{"data":[{"message":"m"}]}}""",
    ];

    /// <summary>Values that services have been seen to put where another was expected, and worse.</summary>
    private static readonly string[] Odd = ["null", "{}", "[]", "\"\"", "\"auto\"", "-1", "1e400", "0.5", "true", "\"\\ud800\"", "[null,[],{\"id\":null}]", "99999999999999999999"];

    private static readonly IJobWire[] Wires = [new OpenAIJobWire(Of("nebius")), new OpenAIJobWire(Of("openai")), new TogetherJobWire(Of("together"))];

    [Fact]
    public void An_answer_with_bytes_changed_is_read_or_refused() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(
            Gen.Elements(Chat, Legacy).SelectMany(Changed).ToArbitrary(),
            bytes => Readable(() => AnswerReading.Read(bytes, 1))));

    [Fact]
    public void An_answer_with_values_exchanged_is_read_or_refused() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(
            Gen.Elements(Chat, Legacy).SelectMany(Exchanged).ToArbitrary(),
            json => Readable(() => AnswerReading.Read(Encoding.UTF8.GetBytes(json), 1))));

    [Fact]
    public void An_answer_with_a_broken_name_is_read_or_refused() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(
            Gen.Elements(Chat, Legacy).SelectMany(Renamed).ToArbitrary(),
            json => Readable(() => AnswerReading.Read(Encoding.UTF8.GetBytes(json), 1))));

    [Fact]
    public void Objects_with_values_exchanged_or_broken_names_are_read() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll(
            Gen.Elements(Objects).SelectMany(json => Gen.OneOf(Exchanged(json), Renamed(json))).ToArbitrary(),
            json =>
            {
                using JsonDocument document = JsonDocument.Parse(json);
                foreach (IJobWire wire in Wires)
                {
                    wire.Job(document.RootElement);
                    wire.Checkpoint(document.RootElement);
                }

                JobReading.File(document.RootElement);
                JobReading.Event(document.RootElement);
                BatchReading.Batch(document.RootElement);
                BatchReading.Answer("p", Encoding.UTF8.GetBytes(json));
            }));

    [Fact]
    public void Half_a_character_as_a_token_does_not_cost_the_answer()
    {
        AnswerReading.Read(Encoding.UTF8.GetBytes(Chat), 1).ShouldNotBeNull().Tokens[0].Select(one => one.Token).ShouldBe(["5", " 5", "\uFFFD"]);
        AnswerReading.Read(Encoding.UTF8.GetBytes(Legacy), 1).ShouldNotBeNull().Tokens[0].Select(one => one.Token).ShouldBe([" 1", "\uFFFD"]);
    }

    private static bool Readable(Action read)
    {
        try
        {
            read();
        }
        catch (JsonException)
        {
            // Told as an unreadable answer.
        }

        return true;
    }

    /// <summary>Some bytes replaced, or the end cut off.</summary>
    private static Gen<byte[]> Changed(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        return from length in Gen.Choose(1, bytes.Length)
               from places in Gen.Choose(0, length - 1).ListOf(3)
               from values in Gen.Choose(0, 255).ListOf(3)
               select (byte[])[.. bytes.Take(length).Select((b, at) => places.IndexOf(at) is >= 0 and var hit ? (byte)values[hit] : b)];
    }

    /// <summary>One or two values of the document replaced by odd ones.</summary>
    private static Gen<string> Exchanged(string json)
    {
        string[] paths = [.. Paths(JsonDocument.Parse(json).RootElement, "")];
        return from first in Gen.Elements(paths)
               from second in Gen.Elements(paths)
               from odd in Gen.Elements(Odd).ListOf(2)
               select Write(JsonDocument.Parse(json).RootElement, "", new Dictionary<string, string> { [second] = odd[1], [first] = odd[0] });
    }

    /// <summary>One name of the document replaced by half a surrogate pair.</summary>
    private static Gen<string> Renamed(string json)
    {
        Match[] names = [.. Name().Matches(json).Cast<Match>()];
        return Gen.Elements(names).Select((Match name) => json.Remove(name.Index, name.Length).Insert(name.Index, "\"\\ud800\":"));
    }

    [GeneratedRegex("\"[^\",:]*\":")]
    private static partial Regex Name();

    private static IEnumerable<string> Paths(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany((pair, at) => Paths(pair.Value, $"{path}/{at}").Prepend($"{path}/{at}")),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, at) => Paths(item, $"{path}/{at}").Prepend($"{path}/{at}")),
        _ => [],
    };

    private static string Write(JsonElement value, string path, Dictionary<string, string> exchanged)
    {
        if (exchanged.TryGetValue(path, out string? odd))
        {
            return odd;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().Select((pair, at) => $"{Name(pair)}:{Write(pair.Value, $"{path}/{at}", exchanged)}")) + "}",
            JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select((item, at) => Write(item, $"{path}/{at}", exchanged))) + "]",
            _ => value.GetRawText(),
        };
    }

    private static string Name(JsonProperty pair)
    {
        string raw = pair.ToString();
        return raw[..(raw.IndexOf(':', StringComparison.Ordinal))];
    }

    private static ProviderOptions Of(string profile) =>
        new() { Name = "p", Kind = ProviderKind.OpenAI, BaseAddress = new Uri("http://127.0.0.1/v1/"), PriceKey = "openai", Profile = BuiltInProfiles.Get(profile) };
}
