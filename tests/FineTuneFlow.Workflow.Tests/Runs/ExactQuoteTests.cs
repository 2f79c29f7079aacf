using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>What a quote counts is what the service bills.</summary>
public sealed class ExactQuoteTests
{
    [Fact]
    public async Task A_quote_is_within_one_per_cent_of_what_was_billed_wherever_the_tokenizer_is_known()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun run = await product.RunAsync("exact", Reviews.Csv(200), """
            {
              "candidates": [
                { "name": "babbage", "model": "babbage-002", "epochs": 2 },
                { "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1, "systemPrompt": "You predict star ratings of reviews from 1 to 5." },
                { "name": "few-shot", "kind": "prompt", "model": "gpt-4.1-mini", "shots": 4 },
                { "name": "llama", "model": "Llama-3.1-8B-Instruct", "epochs": 1 }
              ],
              "baselines": [], "budget": { "approveAbove": 50 }
            }
            """);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Failure.ShouldBeNull();
        var quote = await product.Store.ReadJsonAsync<Quote>(RunPaths.Quote(run.RunId));
        RunReport report = ReportJson.Read(Encoding.UTF8.GetString(await product.Store.ReadBytesAsync(RunPaths.Report(run.RunId, "json"))));
        foreach (string name in new[] { "babbage", "gpt", "few-shot" })
        {
            CandidateQuote quoted = quote.Candidates.Single(c => c.Name == name);
            CandidateCost paid = report.Candidates.Single(c => c.Name == name).Cost;
            quoted.PromptTokens.Likely.ShouldBe(paid.EvaluationPromptTokens!.Value, paid.EvaluationPromptTokens.Value * 0.01, name);
            quoted.TrainingTokens.Likely.ShouldBe(paid.TrainedTokens ?? 0, (paid.TrainedTokens ?? 0) * 0.01, name);
            quoted.Notes.ShouldContain(note => note.StartsWith("tokens counted with ", StringComparison.Ordinal));
        }

        quote.Candidates.Single(c => c.Name == "llama").Notes.ShouldContain(note => note.Contains("estimated", StringComparison.Ordinal));
    }
}
