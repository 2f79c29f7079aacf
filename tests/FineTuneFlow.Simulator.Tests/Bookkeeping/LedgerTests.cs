using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Simulator.Bookkeeping;
using FineTuneFlow.Simulator.Settings;

namespace FineTuneFlow.Simulator.Tests.Bookkeeping;

public sealed class LedgerTests : IDisposable
{
    private readonly SimulatorOptions _options = new() { State = Directory.CreateTempSubdirectory("ledger-").FullName };

    public void Dispose() => Directory.Delete(_options.State, recursive: true);

    [Theory]
    [InlineData("ask\tgpt-4o\tabc")]
    [InlineData("ask\tgpt")]
    [InlineData("\u00e9")]
    public void A_line_that_a_kill_has_cut_short_is_dropped_and_the_next_ones_count(string torn)
    {
        using (var ledger = new Ledger(_options))
        {
            ledger.Asked("modèle", "row");
            ledger.Asked("modèle", "row");
        }

        File.AppendAllText(Path.Combine(_options.State, "ledger.log"), torn, new UTF8Encoding(false));
        using (var ledger = new Ledger(_options))
        {
            ledger.Asked("modèle", "other");
        }

        using var last = new Ledger(_options);
        last.Snapshot().Inference.Keys.ShouldBe(["modèle"]);
        last.Snapshot().Inference["modèle"].ShouldBe(new Dictionary<string, int> { ["row"] = 2, ["other"] = 1 });
    }

    [Fact]
    public void A_second_one_on_the_same_folder_is_refused()
    {
        using var first = new Ledger(_options);
        Should.Throw<FlowException>(() => new Ledger(_options)).Failure.Kind.ShouldBe(FailureKind.Conflict);
    }
}
