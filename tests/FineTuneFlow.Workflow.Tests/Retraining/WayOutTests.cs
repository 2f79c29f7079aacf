using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Tests.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>Which candidates of a recipe lead away from a base model that is about to end.</summary>
public sealed class WayOutTests
{
    private static readonly FakeTimeProvider Today = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
    private static readonly JobService Service = new(new ProviderFacts("own", ProviderKind.OpenAI, false, false, 3, "own") { Trains = true });

    [Theory]
    [InlineData("2026-12-10", false)]
    [InlineData("2027-06-01", true)]
    public async Task A_model_that_is_left_to_the_provider_leads_out_only_where_what_it_suggests_goes_on(string ends, bool leads)
    {
        var models = new ModelBook
        {
            AsOf = new DateOnly(2026, 11, 28), Source = "this test",
            Models = [new ModelLife("own", "suggested-today", InferenceEnds: DateOnly.Parse(ends, System.Globalization.CultureInfo.InvariantCulture)) { Suggested = true }],
        };
        Recipe recipe = RecipeReader.Default with { Promotion = RecipeReader.Default.Promotion with { Eligible = ["nothing-of-our-own"] } };
        recipe.Candidates.ShouldHaveSingleItem().Model.ShouldBe(CandidateRecipe.SuggestedModel);

        WayOut way = await WayOut.OfAsync(recipe, new ModelLives(Service, models, Today), new OpenChoices(Service, models, Today), TestContext.Current.CancellationToken);

        way.Leads.ShouldBe(leads);
        way.Candidates.Select(candidate => candidate.Model).ShouldBe(leads ? [CandidateRecipe.SuggestedModel] : []);
    }
}
