using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Deployments;

/// <summary>What a Deployment waits for; its Progressing condition says so.</summary>
public abstract record WaitingOn
{
    private WaitingOn()
    {
    }

    /// <summary>It is over in a moment, and not worth a write that says so.</summary>
    public virtual bool IsBrief => false;

    /// <summary>What follows <c>ReplicaSet "web-5d4f" is progressing: </c>.</summary>
    public abstract string Describe();

    /// <summary>No old pod may go before more new ones are available.</summary>
    public sealed record Availability(int Available, int AvailableMin) : WaitingOn
    {
        public override string Describe() =>
            $"old pods wait for new ones to become available ({Available} pods are, at least {AvailableMin} must be)";
    }

    /// <summary>The bound is reached; old pods have to go first.</summary>
    public sealed record Room(int Pods, int PodsMax) : WaitingOn
    {
        public override string Describe() =>
            $"new pods wait for old ones to go (there are {Pods} pods, at most {PodsMax} may be)";
    }

    /// <summary>Recreate: nothing new before the last old pod has stopped.</summary>
    public sealed record OldPods(int Pods) : WaitingOn
    {
        public override string Describe() =>
            $"new pods wait for {Pods} old {(Pods == 1 ? "one" : "ones")} to stop";
    }

    /// <summary>Everything has its size; new pods have to come up.</summary>
    public sealed record NewPods(int Available, int Desired) : WaitingOn
    {
        public override string Describe() => $"{Available} of {Desired} new pods are available";
    }

    /// <summary>ReplicaSets that have not answered: what they have is not known well enough for a step. It takes long
    /// when they were asked again in vain.</summary>
    public sealed record Answers(ValueList<string> Names, int Attempts) : WaitingOn
    {
        private const int BriefAttempts = 2;

        public override bool IsBrief => Attempts < BriefAttempts;

        public override string Describe() => $"{string.Join(", ", Names)} asked {Attempts} times without an answer";
    }

    /// <summary>Which ReplicaSets to adopt is not known yet.</summary>
    public sealed record Adoptable : WaitingOn
    {
        public override bool IsBrief => true;

        public override string Describe() => "ReplicaSets to adopt are looked for";
    }

    /// <summary>ConfigMaps and Secrets of which a copy is to be made, for it is asked to roll with them.</summary>
    public sealed record Configs(ValueList<string> Names) : WaitingOn
    {
        public override bool IsBrief => true;

        public override string Describe() => $"copies of {string.Join(", ", Names)} are to be made";
    }

    /// <summary>The creation of the new ReplicaSet was refused.</summary>
    public sealed record CreationRetry(DateTimeOffset At) : WaitingOn
    {
        public override string Describe() => "the creation of the new ReplicaSet is tried again";
    }

    /// <summary>It is paused: its ReplicaSets are scaled, but not exchanged.</summary>
    public sealed record Resumption : WaitingOn
    {
        public override string Describe() => "it is paused";
    }

    /// <summary>A Deployment that is itself deleted leaves its ReplicaSets to garbage collection.</summary>
    public sealed record Removal : WaitingOn
    {
        public override string Describe() => "it is being deleted";
    }
}
