namespace ActorOrchestrator.Simulator.Checks;

/// <summary>Every check that runs are held against; the shape of answers is judged first, since others read
/// them.</summary>
internal static class CheckList
{
    public static IReadOnlyList<Check> All() =>
    [
        new FencingCheck(),
        new BadInputCheck(),
        new DurabilityCheck(),
        new LifecycleCheck(),
        new StaleWriteCheck(),
        new OriginCheck(),
        new LinearizabilityCheck(),
        new WatchCheck(),
        new PlacementCheck(),
        new FencedPodCheck(),
        new CapacityCheck(),
        new RolloutCheck(),
        new DeletionCheck(),
        new ReportCheck(),
        new FreshnessCheck(),
        new OwnerCountCheck(),
        new RestartCheck(),
        new SilenceCheck(),
        new BudgetCheck(),
        new JobCheck(),
        new CronJobCheck(),
        new DaemonSetCheck(),
        new StatefulSetCheck(),
        new ConfigCopyCheck(),
        new SubnetCheck(),
        new ImageCheck(),
        new ReplayCheck(),
        new LeakCheck(),
    ];
}
