from config.lib.events import Event

bid_changed = Event("bid_changed", "bid_id, delivery_id")
auction_extended = Event("auction_extended", "delivery_id")
auction_closed = Event("auction_closed", "delivery_id: the time is over, the sender has to choose")
