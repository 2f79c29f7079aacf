using FineTuneFlow.BaselineStandIn;

return new StandIn(Environment.GetEnvironmentVariable("FTF_STANDIN_FAIL")).Run();
