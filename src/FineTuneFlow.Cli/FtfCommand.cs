using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Commands;

namespace FineTuneFlow.Cli;

/// <summary>The root command: every command of <c>ftf</c> stands here once, in the order in which help shows them.</summary>
public static class FtfCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand("FineTuneFlow: a CSV of labelled texts becomes a fine-tuned, fairly evaluated and priced classifier.");

        // The local stack.
        root.Add(UpCommand.Create());
        root.Add(DemoCommand.Create());
        root.Add(LogsCommand.Create());
        root.Add(DoctorCommand.Create());
        root.Add(BackupCommand.Create());
        root.Add(RestoreCommand.Create());

        // Runs.
        root.Add(DropCommand.Create());
        root.Add(RunsCommand.Create());
        root.Add(WatchCommand.Create());
        root.Add(HistoryCommand.Create());
        root.Add(ReportCommand.Create());
        root.Add(SteeringCommand.Approve());
        root.Add(SteeringCommand.Cancel());
        root.Add(SteeringCommand.Suspend());
        root.Add(SteeringCommand.Resume());
        root.Add(SteeringCommand.Rerun());
        root.Add(RescueCommand.Create());
        root.Add(CleanCommand.Create());

        // Projects and their champions.
        root.Add(ProjectsCommand.Create());
        root.Add(ModelCommands.Models());
        root.Add(ModelCommands.Promote());
        root.Add(ModelCommands.Rollback());
        root.Add(PredictCommand.Create());
        root.Add(FeedbackCommand.Create());
        root.Add(RetrainCommand.Create());
        root.Add(RecipeCommand.Create());

        // Data, without any server.
        root.Add(CheckCommand.Create());
        root.Add(PrepareCommand.Create());

        // Evaluation, without any server.
        root.Add(EvaluateCommand.Create());
        root.Add(CompareCommand.Create());

        // Costs and made-up data, without any server.
        root.Add(CostsCommand.Create());
        root.Add(SampleCommand.Create());
        root.Add(CompletionCommand.Create());

        ExamplesHelp.AddTo(root);
        return root;
    }
}
