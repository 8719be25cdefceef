using ActorOrchestrator.Benchmarks.Engine;
using ActorOrchestrator.Benchmarks.Placement;

// dotnet run -c Release --project bench/ActorOrchestrator.Benchmarks -- placement|log|shard
switch (args)
{
    case ["placement", .. var rest]:
        PlacementBenchmark.Run(rest.FirstOrDefault());
        return 0;
    case ["log"]:
        await LogBenchmark.RunAsync();
        return 0;
    case ["shard"]:
        await ShardBenchmark.RunAsync();
        return 0;
    default:
        Console.Error.WriteLine("usage: placement [identical|deployments|distinct|spread|apart|full] | log | shard");
        return 2;
}
