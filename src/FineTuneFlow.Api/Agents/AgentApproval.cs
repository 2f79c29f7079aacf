using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Api.Agents;

/// <summary>Keeps approving with people: an agent's own recipe cannot let more pass without a person than the project's does.</summary>
internal static class AgentApproval
{
    /// <summary>Lowers <c>budget.approveAbove</c> of the recipe among the arguments to the project's.</summary>
    public static async Task KeepAsync(IServiceProvider services, JsonObject arguments, CancellationToken cancellation)
    {
        if (arguments["recipe"] is not { } given)
        {
            // The project's own recipe holds.
            return;
        }

        if (given is not JsonObject recipe)
        {
            throw ApiRequest.Invalid("recipe is not a JSON object", "Give the recipe as an object, not as text.", "recipe");
        }

        string project = ProjectName.Check(arguments["project"]!.ToString());
        double allowed = (await services.GetRequiredService<ProjectRecipes>().ReadAsync(project, cancellation)).Budget.ApproveAbove;
        if (RecipeReader.Read("recipe", Encoding.UTF8.GetBytes(recipe.ToJsonString(FlowJson.Compact))).Budget.ApproveAbove > allowed)
        {
            if (recipe["budget"] is not JsonObject budget)
            {
                recipe["budget"] = budget = [];
            }

            budget["approveAbove"] = allowed;
        }
    }
}
