using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Comparison;
using FineTuneFlow.Api.Review;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>Comparison, rows and cascade of a real run, checked against its report and prediction files.</summary>
public sealed class ComparisonTests(HostFixture host) : IClassFixture<HostFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_runs_candidates_are_told_side_by_side_and_row_by_row()
    {
        using HttpResponseMessage uploaded = await host.UploadAsync("compared", HostFixture.Reviews(300), HostFixture.Recipe);
        string runId = (await HostFixture.ReadAsync<StartedRun>(uploaded)).RunId;
        await host.UntilAsync(runId, run => run.EndedAt is not null);
        RunReport report = ReportJson.Read(await host.Http.GetStringAsync($"runs/{runId}/report", Cancellation));

        await TheTableIsTheReports(runId, report);
        await RowsAddUp(runId, report);
        await PagesJoin(runId, report);
        await TheCascadeEndsWhereItsModelsStand(runId, report);
        await WrongQuestionsAreAnsweredWithWhatIsRight(runId);
        await WhoHasItAlreadyIsToldSo($"runs/{runId}");
        await WhoHasItAlreadyIsToldSo($"runs/{runId}/compare");
        await WhoHasItAlreadyIsToldSo($"runs/{runId}/history");
        await WhoHasItAlreadyIsToldSo($"runs/{runId}/marks");
        await WhoHasItAlreadyIsToldSo("runs?project=compared");
        await HistoryComesInPages(runId);
        await CorrectionsJoinTheNextRetrainButNeverTheHoldout(runId);
    }

    private async Task TheTableIsTheReports(string runId, RunReport report)
    {
        ComparisonView view = await Get<ComparisonView>($"runs/{runId}/compare?against=linear&candidate=two&score=macroF1");

        view.Against.ShouldBe("linear");
        view.Scores[0].Score.ShouldBe(Score.MacroF1);
        view.Candidates.Select(candidate => candidate.Name).ShouldBe(report.Candidates.Select(candidate => candidate.Name));
        int column = view.Scores.Select(score => score.Score).ToList().IndexOf(Score.Accuracy);
        PairedComparison pair = Between(report);
        ScoreCell cell = view.Candidates.Single(candidate => candidate.Name == "two").Cells[column];
        cell.Value.ShouldBe(report.Candidates.Single(candidate => candidate.Name == "two").Metrics!.Accuracy);
        cell.Difference!.Value.ShouldBe(pair.First == "two" ? pair.Difference : -pair.Difference, 1e-12);
        view.Candidates.Single(candidate => candidate.Name == "linear").Cells[column].Judgement.ShouldBeNull();
        // Models of our own cost nothing to ask, so that the cheapest of them is never beaten in price.
        view.Candidates.Single(candidate => candidate.Name == "linear").UsdPerThousand.ShouldBe(0);
        view.Frontier[0].ShouldBe("linear");
        view.Pair!.Difference.Sum(row => row.Sum()).ShouldBe(0);
        view.Pair.Settings.Select(setting => setting.Name).ShouldContain("model");
    }

    private async Task RowsAddUp(string runId, RunReport report)
    {
        RowList rows = await Get<RowList>($"runs/{runId}/rows?first=two&second=linear&show=onlyFirst&top=500");

        rows.Rows.Length.ShouldBe(rows.Matching);
        rows.Rows.ShouldAllBe(row => row.First.Label == row.Label && row.Second!.Label != row.Label);
        rows.Counts.All.ShouldBe(report.HoldoutRows);
        (rows.Counts.OnlyFirst + rows.Counts.OnlySecond + rows.Counts.BothRight + rows.Counts.BothWrong).ShouldBe(report.HoldoutRows);
        PairedComparison pair = Between(report);
        rows.Counts.OnlyFirst.ShouldBe((pair.First == "two" ? pair.OnlyFirst : pair.OnlySecond)!.Value);
        Metrics two = report.Candidates.Single(candidate => candidate.Name == "two").Metrics!;
        string label = report.Labels.Names[0];
        (await Get<RowList>($"runs/{runId}/rows?first=two&label={label}&answer={label}")).Matching.ShouldBe(two.Confusion[0][0]);
    }

    private async Task PagesJoin(string runId, RunReport report)
    {
        var ids = new List<string>();
        string? continuation = null;
        do
        {
            RowList page = await Get<RowList>($"runs/{runId}/rows?first=one&top=17&order=unsure{(continuation is null ? "" : $"&continuation={continuation}")}");
            ids.AddRange(page.Rows.Select(row => row.Id));
            page.Rows.Select(row => row.First.Confidence ?? 0).ShouldBeInOrder();
            continuation = page.Continuation;
        }
        while (continuation is not null);

        ids.ShouldBeUnique();
        ids.Count.ShouldBe(report.HoldoutRows);
        RowList found = await Get<RowList>($"runs/{runId}/rows?search=TERRIBLE");
        found.Rows.ShouldNotBeEmpty();
        found.Rows.ShouldAllBe(row => row.Text.Contains("terrible", StringComparison.Ordinal));
    }

    private async Task TheCascadeEndsWhereItsModelsStand(string runId, RunReport report)
    {
        CascadeView cascade = await Get<CascadeView>($"runs/{runId}/cascade?small=linear&large=two");

        cascade.Points[0].Accuracy.ShouldBe(report.Candidates.Single(candidate => candidate.Name == "linear").Metrics!.Accuracy, 1e-12);
        cascade.Points[^1].Accuracy.ShouldBe(report.Candidates.Single(candidate => candidate.Name == "two").Metrics!.Accuracy, 1e-12);
        cascade.Points.Select(point => point.UsdPerThousand).ShouldBeInOrder();
    }

    private async Task WrongQuestionsAreAnsweredWithWhatIsRight(string runId)
    {
        JsonNode unknown = await HostFixture.ProblemAsync(host.Http.GetAsync($"runs/{runId}/compare?against=nobody", Cancellation));
        unknown["field"]!.GetValue<string>().ShouldBe("against");
        unknown["remedy"]!.GetValue<string>().ShouldContain("linear");
        (await HostFixture.ProblemAsync(host.Http.GetAsync($"runs/{runId}/rows?show=most", Cancellation)))["remedy"]!.GetValue<string>().ShouldContain("onlyFirst");
        (await HostFixture.ProblemAsync(host.Http.GetAsync("runs/none-1/compare", Cancellation)))["status"]!.GetValue<int>().ShouldBe(404);
    }

    private async Task WhoHasItAlreadyIsToldSo(string address)
    {
        using HttpResponseMessage first = await host.Http.GetAsync(address, Cancellation);
        using var again = new HttpRequestMessage(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await host.Http.SendAsync(again, Cancellation);

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified, address);
    }

    private async Task HistoryComesInPages(string runId)
    {
        Api.Runs.RunHistory all = await Get<Api.Runs.RunHistory>($"runs/{runId}/history");
        Api.Runs.RunHistory first = await Get<Api.Runs.RunHistory>($"runs/{runId}/history?top=10");
        Api.Runs.RunHistory second = await Get<Api.Runs.RunHistory>($"runs/{runId}/history?top=10&continuation={first.Continuation}");

        first.Steps.Count.ShouldBe(10);
        first.Total.ShouldBe(all.Steps.Count);
        second.Steps[0].Event.At.ShouldBe(all.Steps[10].Event.At);
        (await Get<Api.Runs.RunHistory>($"runs/{runId}/history?failed=true")).Steps.ShouldBeEmpty();
    }

    private async Task CorrectionsJoinTheNextRetrainButNeverTheHoldout(string runId)
    {
        DatasetPage train = await Get<DatasetPage>($"runs/{runId}/dataset?top=2");
        DatasetPage next = await Get<DatasetPage>($"runs/{runId}/dataset?top=2&continuation={train.Continuation}");
        DatasetPage test = await Get<DatasetPage>($"runs/{runId}/dataset?split=test&top=1&label=2");
        next.Rows.ShouldNotContain(row => row.Id == train.Rows[0].Id);
        test.Rows.Single().Label.ShouldBe("2");

        Correction trained = await Correct(runId, train.Rows[0].Id, "3");
        Correction judging = await Correct(runId, test.Rows[0].Id, "4");
        CorrectionList list = await Get<CorrectionList>($"runs/{runId}/corrections");

        trained.Joins.ShouldBeTrue();
        trained.Earlier.ShouldBe(train.Rows[0].Label);
        judging.Joins.ShouldBeFalse();
        (list.Joining, list.Judging).ShouldBe((1, 1));
        list.Corrections.ShouldAllBe(one => one.By == "Ana");
        using HttpResponseMessage undone = await host.Http.DeleteAsync($"runs/{runId}/corrections/{train.Rows[0].Id}", Cancellation);
        undone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Get<CorrectionList>($"runs/{runId}/corrections")).Joining.ShouldBe(0);
        JsonNode wrong = await HostFixture.ProblemAsync(host.Http.PostAsJsonAsync($"runs/{runId}/corrections", new CorrectionRequest(test.Rows[0].Id, "9"), Cancellation));
        wrong["remedy"]!.GetValue<string>().ShouldBe("One of 1, 2, 3, 4, 5.");
    }

    private async Task<Correction> Correct(string runId, string row, string label)
    {
        using HttpResponseMessage response = await host.Http.PostAsJsonAsync($"runs/{runId}/corrections", new CorrectionRequest(row, label, "Ana"), Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await HostFixture.ReadAsync<Correction>(response);
    }

    private static PairedComparison Between(RunReport report) =>
        report.Comparisons.Single(one => one.Score == Score.Accuracy && ((one.First, one.Second) is ("two", "linear") or ("linear", "two")));

    private async Task<T> Get<T>(string address)
    {
        using HttpResponseMessage response = await host.Http.GetAsync(address, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, address);
        return await HostFixture.ReadAsync<T>(response);
    }
}
