using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

public sealed class ShotsTests
{
    private static DatasetRow[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new DatasetRow($"r{i}", $"text {i}", i % 10 == 0 ? "rare" : "common"))];

    [Fact]
    public void Every_class_is_shown_before_one_is_shown_twice()
    {
        ImmutableArray<DatasetRow> shots = Shots.Draw(Rows(100), 4, seed: 42);

        shots.Select(s => s.Label).ShouldBe(["common", "rare", "common", "rare"]);
    }

    [Fact]
    public void The_same_seed_draws_the_same_examples() =>
        Shots.Draw(Rows(100), 5, seed: 7).ShouldBe(Shots.Draw(Rows(100), 5, seed: 7));

    [Fact]
    public void No_more_are_drawn_than_there_are() => Shots.Draw(Rows(3), 64, seed: 1).Length.ShouldBe(3);

    [Fact]
    public void Short_texts_go_before_long_ones()
    {
        DatasetRow[] rows = [new("a", new string('x', 2_000), "1"), new("b", "short", "1"), new("c", new string('y', 3_000), "1")];

        Shots.Draw(rows, 1, seed: 3).ShouldHaveSingleItem().Id.ShouldBe("b");
    }
}
