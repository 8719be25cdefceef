using ActorOrchestrator.Benchmarks.Placement;

// dotnet run -c Release --project bench/ActorOrchestrator.Benchmarks -- placement
switch (args)
{
    case ["placement", .. var rest]:
        PlacementBenchmark.Run(rest.FirstOrDefault());
        return 0;
    default:
        Console.Error.WriteLine("usage: placement [identical|deployments|distinct|spread|apart|full]");
        return 2;
}
