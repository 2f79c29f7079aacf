using System.Collections.Immutable;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Service;

/// <summary>The configured services: which of their models can be trained and asked for how long, and which champions stand on them.
/// Nothing is asked of a service.</summary>
public sealed class GetProviders(IProviders providers, ModelBook models, Champions champions, ModelLives lives, TimeProvider time) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        var serving = new List<ServedModel>();
        await foreach (string project in champions.ProjectsAsync(cancellation))
        {
            if ((await champions.ReadAsync(project, cancellation)).Current is { Provider: { } provider } champion)
            {
                ModelEnd? end = lives.Of(champion);
                serving.Add(new ServedModel(provider, project, champion.Version, champion.Model, champion.BaseModel, end?.On, end?.DaysLeft));
            }
        }

        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return ApiAnswer.Versioned(request, new ProviderList(
            models.AsOf,
            models.Source,
            [.. providers.All.Select(facts => new ProviderView(
                facts.Name,
                facts.Profile,
                facts.Name == providers.Default,
                facts.Simulated,
                facts.Trains,
                facts.Page,
                [.. models.Of(facts.PriceKey).Select(model => ModelView.Of(model, today))
                    .OrderBy(model => model.DaysLeft ?? int.MaxValue).ThenBy(model => model.Model, StringComparer.Ordinal)],
                [.. serving.Where(one => one.Provider == facts.Name).OrderBy(one => one.DaysLeft ?? int.MaxValue).ThenBy(one => one.Project, StringComparer.Ordinal)]))]));
    }
}

/// <param name="AsOf">Day of the table of models.</param>
/// <param name="Source">Where the table comes from.</param>
/// <param name="Providers">As configured.</param>
public sealed record ProviderList(DateOnly AsOf, string Source, ImmutableArray<ProviderView> Providers);

/// <param name="Name">As recipes name it.</param>
/// <param name="Profile">By which it is spoken to.</param>
/// <param name="IsDefault">Taken where a recipe names none.</param>
/// <param name="Simulated">Nothing is paid there.</param>
/// <param name="Trains">It offers fine-tuning; else its models can only be asked.</param>
/// <param name="Page">The service's own page of fine-tuning jobs, for people.</param>
/// <param name="Models">Those that the table knows, those that end first before the others.</param>
/// <param name="Champions">That are asked there, those that end first before the others.</param>
public sealed record ProviderView(
    string Name, string Profile, bool IsDefault, bool Simulated, bool Trains, Uri? Page, ImmutableArray<ModelView> Models, ImmutableArray<ServedModel> Champions);

/// <param name="Model">Its family.</param>
/// <param name="Trains">Somebody may train it today.</param>
/// <param name="TrainingEnds">The first day on which no job is taken any longer.</param>
/// <param name="TrainingDaysLeft">Days until then; 0 or less: it has ended.</param>
/// <param name="Ends">The first day on which it and its fine-tunes no longer answer.</param>
/// <param name="DaysLeft">Days until then; 0 or less: it has ended.</param>
/// <param name="Note">What else a person should know.</param>
public sealed record ModelView(string Model, bool Trains, DateOnly? TrainingEnds, int? TrainingDaysLeft, DateOnly? Ends, int? DaysLeft, string? Note)
{
    public static ModelView Of(ModelLife model, DateOnly today) => new(
        model.Model,
        model.Trains(today, existing: true),
        model.TrainingEnds,
        model.TrainingEnds?.DayNumber - today.DayNumber,
        model.InferenceEnds,
        model.InferenceEnds?.DayNumber - today.DayNumber,
        model.Note);
}

/// <param name="Provider">Where it is asked.</param>
/// <param name="Project">Whose champion.</param>
/// <param name="Version">Of the champion.</param>
/// <param name="Model">As it is asked.</param>
/// <param name="BaseModel">With which it ends.</param>
/// <param name="EndsOn">The first day on which it no longer answers; null: none is announced.</param>
/// <param name="DaysLeft">Days until then.</param>
public sealed record ServedModel(string Provider, string Project, int Version, string Model, string BaseModel, DateOnly? EndsOn, int? DaysLeft);
