using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Projections;
using SchedulerProjection = ActorOrchestrator.Domain.Scheduling.Scheduler;

namespace ActorOrchestrator.Domain.Tests.Scheduling;

/// <summary>A scheduler with a cluster around it: pods obey their bindings, and the log shows them.</summary>
internal sealed class SchedulerRun
{
    private readonly Dictionary<EntityKey, string> _unschedulable = [];

    public SchedulerRun(int seed = 1)
    {
        Scheduler = new SchedulerProjection(seed);
        Log = new ProjectionRun(Scheduler);
    }

    public SchedulerProjection Scheduler { get; }

    public ProjectionRun Log { get; }

    /// <summary>True while pods that are told to go take their time.</summary>
    public bool HoldsVictims { get; set; }

    public IEnumerable<Pod> Pods => Log.Objects.OfType<Pod>();

    public IEnumerable<Node> Nodes => Log.Objects.OfType<Node>();

    public static SchedulerRun With(params KubeObject[] objects)
    {
        var run = new SchedulerRun();
        run.Log.Put(objects).Start();
        return run.Settle();
    }

    public SchedulerRun Put(params KubeObject[] objects)
    {
        Log.Put(objects).EndBatch();
        return Settle();
    }

    public SchedulerRun Remove(KubeObject value)
    {
        Log.Remove(value).EndBatch();
        return Settle();
    }

    /// <summary>Where a pod is; null when it waits.</summary>
    public string? NodeOf(string pod) => ((Pod)Log.Get(Key(pod))!).Spec.NodeName;

    /// <summary>Why a pod waits, as it was told last.</summary>
    public string? WhyNot(string pod) => _unschedulable.GetValueOrDefault(Key(pod));

    /// <summary>Lets pods do as they are told until nobody says anything more.</summary>
    public SchedulerRun Settle()
    {
        while (Log.TakeTold() is { Count: > 0 } told)
        {
            foreach (var (to, message) in told)
            {
                if (message is PodUnschedulable unschedulable)
                {
                    _unschedulable[to] = unschedulable.Message;
                }
                else if (message is BindPod bind && Log.Get(to) is Pod pod && pod.Metadata.Uid == bind.Uid)
                {
                    Log.Put(pod.On(bind.Node));
                }
                else if (message is Delete && Log.Get(to) is { } victim && !HoldsVictims)
                {
                    Log.Remove(victim);
                }
            }

            Log.EndBatch();
        }

        return this;
    }

    private static EntityKey Key(string pod) => new("pods", "default", pod);
}
