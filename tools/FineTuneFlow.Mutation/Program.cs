using FineTuneFlow.Mutation;

return await MutationCommand.RunAsync(args, Console.Out);
