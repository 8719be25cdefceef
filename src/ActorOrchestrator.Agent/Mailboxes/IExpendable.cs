namespace ActorOrchestrator.Agent.Mailboxes;

/// <summary>A message that may be lost when its actor's mailbox is full, because the actor then looks at everything
/// that such messages tell of (<see cref="MailboxOverflowed"/>).</summary>
internal interface IExpendable;
