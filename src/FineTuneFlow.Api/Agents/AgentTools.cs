using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using FineTuneFlow.Api.Datasets;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Api.Projects;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Api.Agents;

/// <summary>What agents may do: look, check, quote, start a run up to its approval, and ask a champion. To approve, promote, roll back and
/// change recipes stays with people, and so has no tool.</summary>
internal static partial class AgentTools
{
    private const string CsvMeaning = "The data itself: CSV or JSON lines with a header, texts and labels.";
    private const string RecipeMeaning = "A recipe as docs/recipe.md describes it; without it the project's, or the defaults.";

    public static ImmutableArray<AgentTool> All { get; } =
    [
        OfRoute<GetProjects>("list_projects", "Lists the projects, each a classification task with its recipe, data and champion.", AgentEffect.Reads),
        OfRoute<GetProject>("get_project", "Shows a project: its champion, how that does (drift, accuracy on feedback, end of its base model), what it was asked, the last night.", AgentEffect.Reads),
        OfRoute<GetModels>("list_versions", "Lists the versions of a project's champion, newest first, each with its reason and lineage.", AgentEffect.Reads),
        OfRoute<GetRuns>("list_runs", "Lists runs, newest first.", AgentEffect.Reads),
        OfRoute<GetRun>("get_run", "Shows a run: stage, candidates with progress, quote, cost so far, verdict. A run that waits for approval says so.", AgentEffect.Reads),
        OfRoute<GetReport>("get_report", "Gives an ended run's report: which model to use and why, with scores, intervals, paired tests and costs. Ask for format md to read it.", AgentEffect.Reads),
        new(Route<PostDatasetCheck>(), "check_data", "Checks data without starting anything: profile, findings with their remedies, settings that were recognised, and the quote.", AgentEffect.Reads, CheckArguments)
        {
            Body = body => Form(body, null),
        },
        new(Route<PostDatasetCheck>(), "quote", "Says what training and evaluating on data would cost by candidate, without starting anything.", AgentEffect.Reads, CheckArguments)
        {
            Body = body => Form(body, null), Part = "quote",
        },
        new(
            Route<PostRun>(),
            "start_run",
            "Starts a run on data, or finds the one that was started with the same data and recipe. A quote above the recipe's approveAbove waits for a person: tell them to look at it and to approve it (ftf approve RUN, or the dashboard); no tool can.",
            AgentEffect.MakesOnce,
            [
                AgentArgument.Text("project", ArgumentPlace.Body, "The project's name: lower-case letters, digits and dashes.", required: true),
                AgentArgument.Text("drop", ArgumentPlace.Body, "A file that lies there already, as drops/{project}/{name}; this or csv."),
                AgentArgument.Text("csv", ArgumentPlace.Body, CsvMeaning + " This or drop."),
                AgentArgument.Text("name", ArgumentPlace.Body, "File name for csv; drop.csv unless told."),
                AgentArgument.Recipe(RecipeMeaning + " Its budget.approveAbove counts only where it is lower than the project's, and its promotion not at all: the project's holds."),
            ])
        {
            Guard = AgentApproval.KeepAsync,
            Body = StartBody,
        },
        OfRoute<PostPrediction>("predict", "Asks a project's champion for the label of a text, or of each of a list of texts, with probabilities, version, latency and cost. A champion of a provider costs what the provider takes.", AgentEffect.CostsEachTime),
    ];

    private static ImmutableArray<AgentArgument> CheckArguments =>
        [AgentArgument.Text("csv", ArgumentPlace.Body, CsvMeaning, required: true), AgentArgument.Recipe("A recipe as docs/recipe.md describes it; without it the defaults.")];

    private static ApiRoute Route<THandler>()
        where THandler : IApiHandler => ApiRoutes.All.Single(route => route.Handler == typeof(THandler));

    /// <summary>With the arguments that the route has: those in its address, its query and its body.</summary>
    private static AgentTool OfRoute<THandler>(string name, string description, AgentEffect effect)
        where THandler : IApiHandler
    {
        ApiRoute route = Route<THandler>();
        return new AgentTool(
            route,
            name,
            description,
            effect,
            [
                .. RouteParameter().Matches(route.Pattern).Select(match => match.Groups[1].Value)
                    .Select(one => AgentArgument.Text(one, ArgumentPlace.Route, one == "id" ? "The run's id." : "The project's name.", required: true)),
                .. route.Query.Select(query => AgentArgument.Text(query.Name, ArgumentPlace.Query, query.Meaning)),
                .. route.Body is null ? [] : OfBody(route.Body),
            ]);
    }

    private static IEnumerable<AgentArgument> OfBody(Type body) =>
        FlowJson.Compact.GetJsonSchemaAsNode(body)["properties"]!.AsObject().Select(property => new AgentArgument(property.Key, ArgumentPlace.Body, property.Value!.DeepClone().AsObject()));

    private static HttpContent StartBody(JsonObject body)
    {
        if (body["csv"] is null == body["drop"] is null)
        {
            throw ApiRequest.Invalid("start_run needs csv or drop, and not both", "Give the data as csv, or name a file that lies there already as drop.", "csv");
        }

        if (body["csv"] is not null)
        {
            return Form(body, (string?)body["project"]);
        }

        body.Remove("name");
        return new StringContent(body.ToJsonString(FlowJson.Compact), Encoding.UTF8, "application/json");
    }

    private static MultipartFormDataContent Form(JsonObject body, string? project)
    {
        var form = new MultipartFormDataContent();
        if (project is not null)
        {
            form.Add(new StringContent(project), "project");
        }

        if (body["recipe"] is { } recipe)
        {
            form.Add(new StringContent(recipe.ToJsonString(FlowJson.Indented)), "recipe");
        }

        // Percent-encoded, as an agent may give any name: what cannot be a file's name is told where forms are read.
        var file = new StringContent(body["csv"]!.ToString());
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileNameStar = body["name"]?.ToString() is { Length: > 0 } name ? name : "drop.csv" };
        form.Add(file);
        return form;
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex RouteParameter();
}
