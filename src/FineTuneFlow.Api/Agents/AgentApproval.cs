using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Api.Agents;

/// <summary>Keeps approving and promoting with people: an agent's own recipe can neither let more pass without a person than the project's
/// does, nor say by other rules than the project's which model becomes champion.</summary>
internal static class AgentApproval
{
    /// <summary>Lowers <c>budget.approveAbove</c> of the recipe among the arguments to the project's, and puts the project's
    /// <c>promotion</c> in the place of its own.</summary>
    public static async Task KeepAsync(IServiceProvider services, JsonObject arguments, CancellationToken cancellation)
    {
        if (arguments["recipe"] is not JsonObject recipe)
        {
            // The project's own recipe holds; whatever else is no object was refused with the arguments.
            return;
        }

        string project = ProjectName.Check(arguments["project"]!.ToString());
        Recipe own = await services.GetRequiredService<ProjectRecipes>().ReadAsync(project, cancellation);
        Recipe read = RecipeReader.Read("recipe", Encoding.UTF8.GetBytes(recipe.ToJsonString(FlowJson.Compact)));
        recipe["promotion"] = JsonSerializer.SerializeToNode(own.Promotion, FlowJson.Compact);
        if (read.Budget.ApproveAbove > own.Budget.ApproveAbove)
        {
            if (recipe["budget"] is not JsonObject budget)
            {
                recipe["budget"] = budget = [];
            }

            budget["approveAbove"] = own.Budget.ApproveAbove;
        }
    }
}
