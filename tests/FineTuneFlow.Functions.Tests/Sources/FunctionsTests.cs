using FineTuneFlow.Durable;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Functions.Tests.Sources;

public sealed class FunctionsTests
{
    private static readonly WorkflowCatalog Catalog = WorkflowComposition.Catalog;

    [Fact]
    public void Every_function_is_named_once_and_by_nameof()
    {
        FunctionMethod.All.Where(f => !f.IsNamedByNameof).Select(f => f.Name).ShouldBeEmpty();
        FunctionMethod.All.GroupBy(f => f.Name).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
        FunctionMethod.All.Where(f => f.Name != f.Syntax.Identifier.Text).Select(f => f.Name).ShouldBeEmpty();
    }

    [Fact]
    public void Every_orchestration_of_the_workflow_is_a_function_with_its_types()
    {
        var functions = Triggered("OrchestrationTrigger");

        functions.Keys.ShouldBe(Catalog.Orchestrations.Keys.Select(k => k.Name).Distinct(), ignoreOrder: true);
        foreach (OrchestrationEntry entry in Catalog.Orchestrations.Values)
        {
            FunctionMethod function = functions[entry.Name];
            function.NameArgument.ToString().ShouldBe($"nameof(Flows.{entry.Name})");
            function.Trigger.Parameter.Type!.ToString().ShouldBe("TaskOrchestrationContext");
            function.Syntax.ParameterList.Parameters.Select(p => p.Type!.ToString()).ShouldContain(entry.Input.Name);
            function.Syntax.ReturnType.ToString().ShouldBe($"Task<{entry.Output.Name}>");
            function.Body.ShouldContain($"RunAsync(Flows.{entry.Name}, context, input)");
        }
    }

    [Fact]
    public void Every_activity_of_the_workflow_is_a_function_with_its_types()
    {
        var functions = Triggered("ActivityTrigger");

        functions.Keys.ShouldBe(Catalog.Activities.Keys, ignoreOrder: true);
        foreach (ActivityEntry entry in Catalog.Activities.Values)
        {
            FunctionMethod function = functions[entry.Name];
            function.NameArgument.ToString().ShouldBe($"nameof(Steps.{entry.Name})");
            function.Trigger.Parameter.Type!.ToString().ShouldBe(entry.Input.Name);
            function.Syntax.ReturnType.ToString().ShouldBe($"Task<{entry.Output.Name}>");
            // The run, for trace and log scope: Durable Functions binds a parameter of this very name.
            function.Syntax.ParameterList.Parameters.ShouldContain(p => p.Identifier.Text == "instanceId" && p.Type!.ToString() == "string");
            function.Body.ShouldContain($"RunAsync(Steps.{entry.Name}, input, instanceId, context)");
        }
    }

    [Fact]
    public void Drops_come_by_event_grid_from_the_drops_container()
    {
        FunctionMethod drop = Triggered("BlobTrigger").Values.ShouldHaveSingleItem();

        drop.Name.ShouldBe("OnDrop");
        drop.Arguments.ShouldBe([$"\"{RunPaths.Drops}/{{project}}/{{name}}\""]);
        drop.Argument("Source").ShouldBe("BlobTriggerSource.EventGrid");
        drop.Argument("Connection").ShouldBe("\"Datasets\"");
        drop.Syntax.ParameterList.Parameters.Select(p => p.Identifier.Text).ShouldContain("project");
        drop.Syntax.ParameterList.Parameters.Select(p => p.Identifier.Text).ShouldContain("name");
    }

    [Fact]
    public void The_night_comes_by_the_setting()
    {
        Triggered("TimerTrigger").Keys.ShouldBe(["Nightly", "Tick"], ignoreOrder: true);
        FunctionMethod nightly = Triggered("TimerTrigger")["Nightly"];

        nightly.Arguments.ShouldBe(["\"%NightlySchedule%\""]);
        nightly.Trigger.Parameter.Type!.ToString().ShouldBe("TimerInfo");
        nightly.Body.ShouldContain("RunAsync(");
    }

    [Fact]
    public void Whatever_starts_or_steers_runs_has_a_durable_client()
    {
        string[] without = [.. FunctionMethod.All
            .Where(f => f.TriggerKind is "HttpTrigger" or "BlobTrigger" or "TimerTrigger")
            // The pages' files and who is signed in are told without the engine.
            .Where(f => f.Name is not ("UiHome" or "UiSession" or "UiView"))
            .Where(f => f.With("DurableClient")?.Type?.ToString() != "DurableTaskClient")
            .Select(f => f.Name)];

        without.ShouldBeEmpty();
    }

    [Fact]
    public void The_worker_finds_every_function() => FunctionMethod.All.Where(f => !f.CanBeCalled).Select(f => f.Name).ShouldBeEmpty();

    [Fact]
    public void Functions_hand_on_and_do_nothing_themselves()
    {
        // Drops and the night have an outcome to log; everything else is one call of the workflow or the API.
        FunctionMethod.All.Where(f => f.Folder != "Triggers" && f.Syntax.ExpressionBody is null).Select(f => f.Name).ShouldBeEmpty();
        FunctionMethod.All.Where(f => f.Folder == "Triggers").Select(f => f.Name).ShouldBe(["OnDrop", "Nightly", "Tick"], ignoreOrder: true);
        string[] folders = ["Activities", "Composition", "Durable", "Http", "Orchestrations", "Triggers"];
        Directory.EnumerateDirectories(Repository.PathOf("src", "FineTuneFlow.Functions")).Select(path => Path.GetFileName(path)!)
            .Except(["bin", "obj"]).ShouldBe(folders, ignoreOrder: true);
    }

    [Fact]
    public void There_are_no_triggers_but_these()
    {
        string[] known = ["ActivityTrigger", "BlobTrigger", "HttpTrigger", "OrchestrationTrigger", "TimerTrigger"];

        FunctionMethod.All.Select(f => f.TriggerKind).Distinct().ShouldBe(known, ignoreOrder: true);
    }

    private static Dictionary<string, FunctionMethod> Triggered(string kind) =>
        FunctionMethod.All.Where(f => f.TriggerKind == kind).ToDictionary(f => f.Name);
}
