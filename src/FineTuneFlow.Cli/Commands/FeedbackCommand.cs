using System.CommandLine;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Models;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf feedback</c>: what people say of a project's texts.</summary>
internal static class FeedbackCommand
{
    public static Command Create()
    {
        Argument<string> project = ProjectArguments.Project();
        var text = new Option<string?>("--text") { Description = "A text, as it was put to the champion.", HelpName = "TEXT" };
        var label = new Option<string?>("--label") { Description = "The label that it should have.", HelpName = "LABEL" };
        var amend = new Option<string?>("--amend") { Description = "Change the label of the feedback of this id to --label.", HelpName = "ID" };
        var delete = new Option<string?>("--delete") { Description = "Take the feedback of this id back.", HelpName = "ID" };
        Option<Uri?> host = RunArguments.Host();
        return new Command("feedback", "List what was said of a project's texts; with --text and --label, say it.") { project, text, label, amend, delete, host }.Runs(async call =>
        {
            using HostClient client = HostClient.For(call.Get(host));
            string path = ProjectArguments.Path(call.Get(project), "/feedback");
            if (call.Get(delete) is { } gone)
            {
                await client.DeleteAsync($"{path}/{Uri.EscapeDataString(gone)}", call.Cancellation);
                call.Terminal.Answer(new { Deleted = gone }, writer => writer.WriteLine($"{gone} is taken back."));
                return ExitCode.Ok;
            }

            if (call.Get(amend) is not null || call.Get(text) is not null || call.Get(label) is not null)
            {
                KeptFeedback kept = await SayAsync(client, path, call.Get(text), call.Get(amend), call.Get(label), call.Cancellation);
                call.Terminal.Answer(kept, writer => Paragraph.Write(
                    writer, "", $"{kept.Id} is kept as {kept.Feedback.Label}" + (kept.Judges ? "; it judges the project's versions, and so trains nothing." : "; used at the next retrain.")));
                return ExitCode.Ok;
            }

            FeedbackList list = await client.GetAsync<FeedbackList>(path, call.Cancellation);
            call.Terminal.Answer(list, writer => Write(writer, list));
            return ExitCode.Ok;
        });
    }

    private static async Task<KeptFeedback> SayAsync(HostClient client, string path, string? text, string? amend, string? label, CancellationToken cancellation)
    {
        if (label is null || (text is null) == (amend is null))
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, "a feedback has a text and a label", "Give --text and --label, or --amend ID and --label", Field: label is null ? "--label" : "--text"));
        }

        return amend is null
            ? await client.PostAsync<KeptFeedback>(path, new FeedbackRequest(text!, label, By: Environment.UserName), cancellation)
            : await client.PutAsync<KeptFeedback>(
                $"{path}/{Uri.EscapeDataString(amend)}", System.Text.Json.JsonSerializer.Serialize(new AmendRequest(label, Environment.UserName), Core.Json.FlowJson.Compact), null, cancellation);
    }

    private static string Use(KeptFeedback one) => one.Judges ? "never: judges" : one.TrainedBy is { } version ? $"in version {version}" : "next retrain";

    private static void Write(TextWriter writer, FeedbackList list)
    {
        foreach (CorrectedFile file in list.Corrections)
        {
            writer.WriteLine($"{file.Drop}: corrections of {file.Rows:N0} rows ({Say.Minute(file.At)})");
        }

        if (list.Feedback.Count == 0)
        {
            writer.WriteLine("Nothing was said yet. Say it with ftf feedback PROJECT --text TEXT --label LABEL.");
            return;
        }

        TextTable table = new TextTable("ID", "LABEL", "ANSWERED", "USED", "TEXT").Shorten(1, 2, 4);
        foreach (KeptFeedback one in list.Feedback)
        {
            table.Add(one.Id, one.Feedback.Label, one.Feedback.Predicted ?? "", Use(one), one.Feedback.Text.ReplaceLineEndings(" "));
        }

        table.Write(writer);
    }
}
