using System.Collections.Immutable;
using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf costs</c>: what ways of running a classification service cost while its volume grows; without options the five
/// of the chapter's first figure.</summary>
internal static class CostsCommand
{
    private static readonly Option<double> Volume = new("--volume") { Description = "Calls on the first day.", HelpName = "N", DefaultValueFactory = _ => 1_000 };
    private static readonly Option<double> Growth = new("--growth") { Description = "Per cent by which the volume grows each day.", HelpName = "%", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Days = new("--days") { Description = "Days to look ahead.", HelpName = "N", DefaultValueFactory = _ => 365 };

    private static readonly Option<string[]> Options = new("--option")
    {
        Description = "A way of your own: tokens of prompt and answer, USD per million of each, and if there are any USD paid once and USD a day. May be given several times.",
        HelpName = "NAME=PROMPT,ANSWER,IN,OUT[,ONCE[,DAY]]",
    };

    private static readonly Option<string[]> Models = new("--model") { Description = "A fine-tuned model at its list price. May be given several times.", HelpName = "MODEL" };
    private static readonly Option<double> PromptTokens = new("--prompt-tokens") { Description = "With --model: tokens of a prompt.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private static readonly Option<double> AnswerTokens = new("--answer-tokens") { Description = "With --model: tokens of an answer.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> TrainingTokens = new("--training-tokens") { Description = "With --model: trained tokens, epochs included, paid once.", HelpName = "N" };
    private static readonly Option<string?> Prices = new("--prices") { Description = "A price file put over the built-in prices (docs/costs.md).", HelpName = "FILE" };

    public static Command Create() =>
        new Command("costs", "Show what ways of running a classification service cost while its volume grows, and where they break even.")
        {
            Volume, Growth, Days, Options, Models, PromptTokens, AnswerTokens, TrainingTokens, Prices,
        }.Runs(RunAsync);

    private static async Task<int> RunAsync(CommandCall call)
    {
        PriceBook prices = call.Get(Prices) is { } file
            ? PriceBook.Read(file, await File.ReadAllBytesAsync(file, call.Cancellation))
            : PriceBook.Default;
        ImmutableArray<ServiceOption> options =
        [
            .. (call.Get(Options) ?? []).Select(Parse),
            .. (call.Get(Models) ?? []).Select(model => OfModel(model, call, prices)),
        ];
        if (options.Length == 0)
        {
            options = CostProjection.ChapterOptions(prices);
        }

        CostProjection projection = CostProjection.Project(options, call.Get(Volume), call.Get(Growth) / 100, call.Get(Days));
        ImmutableArray<BreakEven> points = BreakEven.OfAll(options, projection.Days.Length);
        call.Terminal.Answer(
            new CostsAnswer(prices.AsOf, prices.Source, projection, points),
            output => CostsText.Write(output, projection, points, prices, call.Terminal.IsLive));
        return ExitCode.Ok;
    }

    private static ServiceOption Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] parts = equals < 1 ? [] : text[(equals + 1)..].Split(',');
        double[] numbers = [.. parts.Select(part => double.TryParse(part, out double number) && number >= 0 && double.IsFinite(number) ? number : -1)];
        if (numbers.Length is < 4 or > 6 || numbers.Contains(-1))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"\"{text}\" is not an option",
                "Write NAME=PROMPT,ANSWER,IN,OUT[,ONCE[,DAY]], such as --option \"ours=50,1,1.60,1.60,4.53\": tokens, then USD per million, then USD.",
                Field: "--option"));
        }

        return new ServiceOption
        {
            Name = text[..equals],
            PromptTokens = numbers[0],
            CompletionTokens = numbers[1],
            InputUsd = numbers[2],
            OutputUsd = numbers[3],
            FixedUsd = numbers.ElementAtOrDefault(4),
            UsdPerDay = numbers.ElementAtOrDefault(5),
        };
    }

    private static ServiceOption OfModel(string model, CommandCall call, PriceBook prices)
    {
        AskingPrice asking = prices.Asking("openai", model, tuned: true) ?? throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            $"no price is listed for a fine-tuned {model}",
            $"Listed: {string.Join(", ", prices.Tokens.Where(price => price.TunedInput is not null).Select(price => price.Model).Distinct())}. Others come from --prices or --option.",
            Field: "--model"));
        return new ServiceOption
        {
            Name = model,
            PromptTokens = call.Get(PromptTokens),
            CompletionTokens = call.Get(AnswerTokens),
            InputUsd = asking.Input,
            OutputUsd = asking.Output,
            FixedUsd = (prices.Training("openai", model)?.Likely ?? 0) * call.Get(TrainingTokens) / 1e6,
        };
    }

    private sealed record CostsAnswer(DateOnly PricesAsOf, string PriceSource, CostProjection Projection, ImmutableArray<BreakEven> BreakEven);
}
